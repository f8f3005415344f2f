// Names of variables that are no settings: which of them are probably misspelt settings.
import { isLikeInjected } from './injected.ts'
import { settings } from './settings.ts'

export interface UnknownNames {
  /** Each with the setting that was probably meant. */
  readonly misspelt: readonly { readonly name: string; readonly meant: string }[]
  /** They begin like settings and are like none. */
  readonly others: readonly string[]
}

const PREFIX = 'AURORA_'
/** Two letters are a slip. Three make another word: `AURORA_API_URL` is no misspelt `AURORA_API_KEY`. */
const MAX_DISTANCE = 2

/** Sorts the names that begin like settings. Variables of Kubernetes are left out: a Service may have any name. */
export function findUnknownNames(env: Readonly<Record<string, string | undefined>>): UnknownNames {
  const unknown = Object.keys(env).filter(
    (name) => name.startsWith(PREFIX) && !Object.hasOwn(settings, name) && !isLikeInjected(name, env[name]),
  )
  const found = unknown.map((name) => ({ name, meant: nearSetting(name) }))
  return {
    misspelt: found.flatMap(({ name, meant }) => (meant === null ? [] : [{ name, meant }])),
    others: found.filter(({ meant }) => meant === null).map(({ name }) => name),
  }
}

function nearSetting(name: string): string | null {
  const known = Object.keys(settings).filter((setting) => setting.startsWith(PREFIX))
  const near = known
    .map((setting) => ({ setting, distance: editDistance(name, setting) }))
    .filter(({ distance }) => distance <= MAX_DISTANCE)
    .toSorted((one, other) => one.distance - other.distance)
  const longer = known.filter((setting) => lacksWords(name, setting))
  // `AURORA_API` lacks words of several settings, so it is a name of its own.
  return near[0]?.setting ?? (longer.length === 1 ? (longer[0] ?? null) : null)
}

/** `AURORA_TOKEN` lacks a word of `AURORA_API_TOKEN`, and `AURORA_TENANT` one of `AURORA_TENANT_ID`. */
function lacksWords(name: string, setting: string): boolean {
  const words = setting.split('_')
  let from = 0
  return name.split('_').every((word) => (from = words.indexOf(word, from) + 1) > 0)
}

/** Levenshtein, one row at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1]
    for (const [column, other] of [...to].entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
