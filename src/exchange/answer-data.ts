// What the data of an answer is made of: its objects, and the texts of objects that are shown as they were shown before.

/**
 * An object of the answer. It has no members but its own, as an alias may have any name. Made by a constructor, its layout is
 * shared with the other objects of its kind; `Object.create(null)` would make a hash table of each.
 */
export const AnswerObject = function () {} as unknown as new () => Record<string, unknown>
AnswerObject.prototype = Object.create(null) as Record<string, unknown>

/** Stands in the place of an object. */
export class KnownText {
  /** The JSON of the object. */
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  /** For whoever writes the data in another way. */
  toJSON(): unknown {
    return JSON.parse(this.text)
  }
}

/** As JSON.stringify, which is faster where nothing is known. */
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
