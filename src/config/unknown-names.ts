// Names of variables that are no settings: which of them are probably misspelt settings.
import { isLikeInjected } from './injected.ts'
import { SECRET_FILES } from './secret-files.ts'
import { settings } from './settings.ts'

type Environment = Readonly<Record<string, string | undefined>>

interface Misspelt {
  readonly name: string
  /** The setting that was probably meant. */
  readonly meant: string
}

export interface UnknownNames {
  /** Names that begin like settings of Aurora, so no other program reads them. */
  readonly misspelt: readonly Misspelt[]
  /** Names that begin in the same way and resemble no setting. */
  readonly others: readonly string[]
  /** Names that resemble any other setting. Another program may read them. */
  readonly near: readonly Misspelt[]
}

const PREFIX = 'AURORA_'
/**
 * Two wrong letters are a slip. Three make another word, so `AURORA_API_URL` does not count as a misspelt
 * `AURORA_API_KEY`.
 */
const MAX_DISTANCE = 2
/** In a shorter name two letters make another word, such as HOME of HOST. */
const MIN_LENGTH = 8
/** Many programs read names like these, so a similar name is no slip: FTP_PROXY, NODE_ENV_FILE, OTEL_SERVICE_NAMES. */
const COMMON = /^(OTEL|NODE)_|_PROXY(_FILE)?$/
const NAMES = [...Object.keys(settings), ...SECRET_FILES]
const isOwn = (name: string): boolean => name.startsWith(PREFIX)
const isRare = (name: string): boolean => !isOwn(name) && name.length >= MIN_LENGTH && !COMMON.test(name)
const OWN = NAMES.filter(isOwn)
const RARE = NAMES.filter(isRare)

/** Variables of Kubernetes are left out: a Service may have any name. */
export function findUnknownNames(env: Environment): UnknownNames {
  const unknown = Object.entries(env).flatMap(([name, value]) =>
    value === '' || NAMES.includes(name) || isLikeInjected(name, value) ? [] : [name],
  )
  const own = unknown.filter(isOwn)
  return {
    misspelt: misspeltOf(own, meantOf),
    others: own.filter((name) => meantOf(name) === null),
    near: misspeltOf(unknown.filter(isRare), (name) => nearest(name, RARE)),
  }
}

const misspeltOf = (names: readonly string[], meantBy: (name: string) => string | null): Misspelt[] =>
  names.flatMap((name) => {
    const meant = meantBy(name)
    return meant === null ? [] : [{ name, meant }]
  })

/**
 * The setting that was meant by a name that begins like settings of Aurora. `AURORA_API` lacks words of several
 * settings, so it is a name of its own.
 */
function meantOf(name: string): string | null {
  const longer = OWN.filter((setting) => isFile(setting) === isFile(name) && lacksWords(name, setting))
  return nearest(name, OWN) ?? (longer.length === 1 ? (longer[0] ?? null) : null)
}

const isFile = (name: string): boolean => name.endsWith('_FILE')

const nearest = (name: string, known: readonly string[]): string | null =>
  known
    .map((setting) => ({ setting, distance: editDistance(name, setting) }))
    .filter(({ distance }) => distance <= MAX_DISTANCE)
    .toSorted((one, other) => one.distance - other.distance)[0]?.setting ?? null

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
