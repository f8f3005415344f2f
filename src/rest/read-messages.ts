// Finds Aurora's own messages in the body of a refusal: only in the known members of known shapes, and only a limited number.
import { isDecoded } from '../aurora/decode-text.ts'
import { isMembers } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'

const MAX_MESSAGES = 20
/** A sentence or two; more is a dump of something. */
const MAX_MESSAGE_CHARS = 500

/**
 * Texts, HTML and unknown members are not read: a proxy may have written them, and they may name hosts and addresses. A text in which
 * a byte could not be read is left out.
 */
export function readMessages(
  text: string,
  isSecret: (words: string) => boolean = () => false,
): readonly string[] {
  const body = parse(text)
  const words = isMembers(body) ? wordsOf(body) : Array.isArray(body) ? wordsIn(body) : []
  const shown: string[] = []
  for (const each of words) {
    if (shown.length === MAX_MESSAGES) break
    // A secret that is cut in two would not be recognized, so messages are shortened only then.
    if (each !== '' && isDecoded(each) && !isSecret(each)) shown.push(shorten(each))
  }
  return shown
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/**
 * Where messages are, and how deep the members there are: those of `errors` are named after what was sent, each with what is wrong
 * with it, while an object in `error` describes one error, and a single text in it may be anything. These are the shapes of other
 * servers too: `{"error": …}`, `{"message": …}`, the problem details of RFC 9457, and `invalid-params` of RFC 7807 in its forms. Some
 * bodies have several of them, and one of those is only the name of the status.
 */
const PLACES: readonly (readonly [name: string, depth: number])[] = [
  ['errors', 0],
  ['error', 1],
  ['error_description', 1],
  ['message', 1],
  ['title', 1],
  ['detail', 1],
  ['description', 1],
  ['invalid-params', 0],
  ['invalid_params', 0],
  ['invalidParams', 0],
  ['violations', 0],
]

const wordsOf = (body: Members): readonly string[] =>
  PLACES.flatMap(([name, depth]) => wordsIn(body[name], depth))

/** In a text, a list, an object that has words, or a map from the name of a member to what is wrong with it. */
function wordsIn(value: unknown, depth = 0): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(wordsOfEntry)
  const own = wordsOfEntry(value)
  return own.length > 0 || !isMembers(value)
    ? own
    : Object.entries(value)
        .filter(([name]) => !isInternal(name))
        .flatMap((entry) => wordsOfMember(entry, depth))
}

/** Whether a member is about the machines and the code of a server, as it is in all its spellings. */
export const isInternal = (name: string): boolean => INTERNAL.has(name.replace(/[-_]/g, '').toLowerCase())

/** No member that Aurora takes has such a name; a test compares them with the contract. */
const INTERNAL: ReadonlySet<string> = new Set(
  [
    ['requestid', 'xrequestid', 'correlationid', 'trace', 'traces', 'traceid', 'traceparent', 'spanid'],
    ['traceback', 'backtrace', 'stack', 'stacktrace', 'callstack', 'exception', 'exceptionclass', 'cause'],
    ['debug', 'debuginfo', 'debugmessage', 'developermessage', 'internal', 'internalmessage', 'innererror'],
    ['sql', 'sqlstate', 'sqlmessage', 'query', 'statement', 'database', 'db'],
    ['host', 'hostname', 'server', 'servername', 'node', 'pod', 'container', 'instance', 'upstream', 'ip'],
    ['pid', 'file', 'filename', 'path', 'filepath', 'line', 'linenumber', 'env', 'environment'],
  ].flat(),
)

const WORDS: readonly string[] = [
  'message',
  'msg',
  'error',
  'error_description',
  'reason',
  'title',
  'detail',
  'description',
]

function wordsOfEntry(entry: unknown): readonly string[] {
  const texts = isMembers(entry) ? WORDS.map((name) => entry[name]) : [entry].flat()
  const words = texts.filter((text) => typeof text === 'string').map((text) => text.trim())
  const place = isMembers(entry) ? placeOf(entry) : null
  if (place === null) return words
  return words.filter((text) => text !== '').map((text) => `${place}: ${text}`)
}

/**
 * Members within members, as Django names them, and no deeper: `{"address": {"city": ["is missing"]}}`. A single text there may
 * be anything, such as the name of a machine.
 */
const MAX_DEPTH = 2

function wordsOfMember([name, words]: [string, unknown], depth: number): readonly string[] {
  if (depth > 0 && typeof words === 'string') return []
  const found = [words].flat().flatMap(wordsOfEntry)
  const isMap = found.length === 0 && isMembers(words) && depth < MAX_DEPTH
  return (isMap ? wordsIn(words, depth + 1) : found).map((text) => `${name}: ${text}`)
}

/**
 * Which part of what was sent the words are about: `loc` of FastAPI, `source` of JSON:API, `name` of RFC 7807, `pointer` of RFC 9457.
 * Null if none is named, or one that is no path of members.
 */
function placeOf(entry: Members): string | null {
  const { source } = entry
  // Beside a message, a name is that of the error.
  const ofParam = Object.hasOwn(entry, 'reason') ? entry['name'] : undefined
  const ofSource = isMembers(source) ? (source['pointer'] ?? source['parameter']) : undefined
  const named =
    entry['loc'] ?? ofSource ?? ofParam ?? entry['pointer'] ?? entry['field'] ?? entry['propertyPath']
  const parts = (Array.isArray(named) ? named : [named]).filter(
    (part) => typeof part === 'string' || typeof part === 'number',
  )
  const path = parts.join('.').replace(/^#?\//, '').replaceAll('/', '.').replace(WRAPPERS, '')
  return path.length <= MAX_PLACE_CHARS && PLACE.test(path) ? path : null
}

/** Where the body begins is no member of it. */
const WRAPPERS = /^(?:body|data\.attributes|data)\./
/** Names of members and numbers of items, and no address of a machine or a file. */
const PLACE = /^[A-Za-z_][\w-]*(?:(?:\.[\w-]+)|\[\d+\])*$/
const MAX_PLACE_CHARS = 100

/** Does not cut a UTF-16 pair in two. */
const shorten = (words: string): string =>
  words.length <= MAX_MESSAGE_CHARS
    ? words
    : `${words.slice(0, MAX_MESSAGE_CHARS).replace(/[\ud800-\udbff]$/, '')}…`
