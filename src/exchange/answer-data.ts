// The parts of which the data of an answer is made: its objects, and the texts of objects that were shown before.

/**
 * An object of the answer. It inherits no members, because an alias may have any name. Objects from a constructor share
 * their layout; `Object.create(null)` would make a hash table of each.
 */
export const AnswerObject = function () {} as unknown as new () => Record<string, unknown>
AnswerObject.prototype = Object.create(null) as Record<string, unknown>

/** Takes the place of an object whose JSON is known. */
export class KnownText {
  /** The JSON of the object. */
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  /** Called by JSON.stringify and by other writers. */
  toJSON(): unknown {
    return JSON.parse(this.text)
  }
}

/** Writes the same as JSON.stringify, which is faster if the value contains no known text. */
export function writeAround(value: unknown): string | undefined {
  if (value instanceof KnownText) return value.text
  if (Array.isArray(value)) return writeList(value)
  return value instanceof AnswerObject ? writeObject(value) : JSON.stringify(value)
}

function writeList(list: readonly unknown[]): string {
  let text = '['
  for (let at = 0; at < list.length; at += 1) {
    if (at > 0) text += ','
    text += writeAround(list[at]) ?? 'null'
  }
  return `${text}]`
}

/** Names and aliases contain no sign that JSON escapes. */
function writeObject(object: Readonly<Record<string, unknown>>): string {
  let text = '{'
  for (const name of Object.keys(object)) {
    const written = writeAround(object[name])
    if (written !== undefined) text += `${text === '{' ? '' : ','}"${name}":${written}`
  }
  return `${text}}`
}
