// Parses a long list of objects in turns of the event loop: a run of items is given to JSON.parse in each.
import { randomUUID } from 'node:crypto'
import { cutDeep, MAX_LEVELS } from '../aurora/cut-deep.ts'
import { parseExactJson, withExactNumbers } from '../aurora/exact-json.ts'
import { nextTurn } from '../turns/next-turn.ts'

/** Parsing and checking this much takes a third of a millisecond. */
const RUN_CHARS = 32 * 1024
/** It stands in the list for the items that were parsed before, and shows which list of the text they belong to. */
const EARLIER = randomUUID()

/**
 * Returns what `cutDeep(text, parseExactJson(text))` returns, and throws errors of the same kinds. Only the items of a list of objects, alone
 * or as the first member of an object, are parsed in runs: of whatever else there is, JSON.parse has all in one turn.
 */
export async function parseInRuns(text: string, runChars = RUN_CHARS): Promise<unknown> {
  const list = beginningOf(text)
  if (list === null) return parseInTwo(text)
  const items: unknown[] = []
  let { from } = list
  while (text.length - from > 2 * runChars) {
    const end = text.indexOf(list.between, from + runChars) + 1
    const run = end === 0 ? null : parseRun(text.slice(from, end), list.levels)
    if (run === null) break
    for (const item of run) items.push(item)
    from = end + 1
    await nextTurn()
  }
  if (items.length === 0) return parseInTwo(text)
  const rest = `${text.slice(0, list.from)}"${EARLIER}",${text.slice(from)}`
  return withEarlier(await parseInTwo(rest), list.name, items)
}

async function parseInTwo(text: string): Promise<unknown> {
  const value: unknown = await nextTurn(JSON.parse(text))
  return cutDeep(text, withExactNumbers(text, value))
}

interface Beginning {
  /** Null: the list is alone. */
  readonly name: string | null
  /** The place of its first item. */
  readonly from: number
  /** How many levels an item may have, and the list of a run around it. */
  readonly levels: number
  /** What most probably stands between two items: the braces and the name of their first member. */
  readonly between: string
}

const BEGINNING = /^\s*(?:\{\s*"([a-z_]+)"\s*:\s*)?\[\s*(?=(\{\s*"[^"\\]{1,64}"))/

function beginningOf(text: string): Beginning | null {
  const found = BEGINNING.exec(text)
  if (!found) return null
  const [{ length: from }, name = null, first = ''] = found
  return { name, from, levels: MAX_LEVELS - (name === null ? 0 : 1), between: `},${first}` }
}

/**
 * Null if the run does not end between two items of the list. A text that JSON.parse accepts in brackets is a whole number of items,
 * whatever follows it: a place inside of a text or of another list leaves something open.
 */
function parseRun(run: string, levels: number): readonly unknown[] | null {
  try {
    const text = `[${run}]`
    return cutDeep(text, parseExactJson(text), levels) as readonly unknown[]
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** Of two members with one name, JSON.parse takes the last, which is not the list that the items are from. */
function withEarlier(value: unknown, name: string | null, items: readonly unknown[]): unknown {
  const list = name === null ? value : (value as Record<string, unknown>)[name]
  if (!Array.isArray(list) || list[0] !== EARLIER) return value
  const whole = items.concat(list.slice(1))
  return name === null ? whole : Object.assign(value as object, { [name]: whole })
}
