// Finds Aurora's own words in the body of a refusal: only in the known members of known shapes, and only so many of them.
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
  // A secret that is cut in two would not be recognised, so nothing is shortened before.
  return words
    .filter((each) => each !== '' && isDecoded(each) && !isSecret(each))
    .slice(0, MAX_MESSAGES)
    .map(shorten)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/**
 * `{"errors": …}` and the shapes of other servers: `{"error": …}`, `{"message": …}`, and the problem details of RFC 9457.
 * Some have several of them, of which one is only the name of the status.
 */
const wordsOf = (body: Members): readonly string[] =>
  ['errors', 'error', 'error_description', 'message', 'title', 'detail'].flatMap((name) =>
    wordsIn(body[name]),
  )

/** In a text, a list, an object that has words, or a map from the name of a member to what is wrong with it. */
function wordsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(wordsOfEntry)
  const own = wordsOfEntry(value)
  return own.length > 0 || !isMembers(value) ? own : Object.entries(value).flatMap(wordsOfMember)
}

function wordsOfEntry(entry: unknown): readonly string[] {
  const texts = isMembers(entry)
    ? [entry['message'], entry['error'], entry['title'], entry['detail']]
    : [entry].flat()
  return texts.filter((text) => typeof text === 'string').map((text) => text.trim())
}

const wordsOfMember = ([name, words]: [string, unknown]): readonly string[] =>
  [words].flat().flatMap((each: unknown) => wordsOfEntry(each).map((text) => `${name}: ${text}`))

/** A pair of UTF-16 is not cut in two. */
const shorten = (words: string): string =>
  words.length <= MAX_MESSAGE_CHARS
    ? words
    : `${words.slice(0, MAX_MESSAGE_CHARS).replace(/[\ud800-\udbff]$/, '')}…`
