// Reads the ids out of the query of a webhook, which an operator has written as a template and Aurora has filled in.
import { isSameId } from '../aurora/body.ts'
import { EVENTS } from '../aurora/events.ts'
import { ALL_READS } from '../aurora/reads.ts'
import type { Ids } from '../rest/call.ts'
import { isSafeId } from '../rest/ids.ts'

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '')

/** The names of ids in routes, by their plain form. */
const NAMES: ReadonlyMap<string, string> = new Map(
  [
    ...ALL_READS.flatMap(({ parameters, idQuery }) => [...parameters, ...(idQuery ? [idQuery] : [])]),
    ...Object.values(EVENTS).flatMap(({ ids }) => ids.map((id) => id.toLowerCase())),
  ].map((name) => [plain(name), name]),
)

/** The attribute that older versions have for another one. */
const OLDER_NAMES: Readonly<Record<string, string>> = { designrequestidinaurora: 'designrequestid' }

/** Texts that programs write for a missing value. */
const NO_VALUES: ReadonlySet<string> = new Set([
  'null',
  'nil',
  'none',
  'undefined',
  'nan',
  'false',
  'true',
  'unknown',
  'empty',
  '0',
])

/**
 * Names may have any case, and any or no sign between their words. An id counts as missing if its value is empty, no
 * id, or still the placeholder of the template or the name of an attribute, or if the name comes several times with
 * different values.
 */
export function readIds(query: Iterable<readonly [string, string]>): Ids {
  const ids: Record<string, string> = {}
  let unclear: string[] | null = null
  for (const [given, text] of query) {
    const name = nameOf(given)
    if (name === undefined) continue
    const value = readValue(text)
    const before = ids[name]
    if (value === null || (before !== undefined && !isSameId(before, value))) (unclear ??= []).push(name)
    else ids[name] = value
  }
  if (unclear) for (const name of unclear) delete ids[name]
  return ids
}

/** In a template of `npm run webhooks` the name is in capitals. */
function nameOf(given: string): string | undefined {
  const usual = USUAL.get(given)
  if (usual !== undefined) return usual
  const short = plain(given)
  return NAMES.get(OLDER_NAMES[short] ?? short)
}

const USUAL: ReadonlyMap<string, string> = new Map(
  [...NAMES.values()].map((name) => [name.toUpperCase(), name]),
)

function readValue(text: string): string | null {
  const id = text.trim()
  if (!isSafeId(id)) return null
  const isWord = id.length <= MAX_WORD_CHARS && (NO_VALUES.has(id.toLowerCase()) || NAMES.has(plain(id)))
  return isWord ? null : copyOf(id)
}

/** A part of the request's head would keep the whole head in memory as long as the touch is remembered. */
const copyOf = (id: string): string => Buffer.from(id, 'latin1').toString('latin1')

/** The longest name has 27 and could be written with eight more signs; an id of Aurora has 36, and is then compared with no word. */
const MAX_WORD_CHARS = 35
