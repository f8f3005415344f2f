// Reads the Link header: whether one of its links leads to the next page of what was answered (RFC 8288).

/** A link to anything but this answer, which `anchor` names, says nothing of its list. */
export function hasNextLink(header: string): boolean {
  if (!/next/i.test(header)) return false
  return header.slice(0, MAX_CHARS).split(BEFORE_LINK).some(isNext)
}

/** No Link header of an answer is longer; the head is bounded as well. */
const MAX_CHARS = 16 * 1024

/** A comma between two links: an address is in angle brackets, and a comma in a text is not followed by one. */
const BEFORE_LINK = /,(?=\s*<)/

function isNext(link: string): boolean {
  const [, target = '', parameters = ''] = /^\s*<([^>]*)>(.*)$/s.exec(link) ?? []
  if (target.trim() === '') return false
  let relation: string | null = null
  for (const [, name = '', quoted, plain = ''] of parameters.matchAll(PARAMETER)) {
    if (name.toLowerCase() === 'anchor') return false
    // The first one counts (RFC 8288, 3.3).
    if (name.toLowerCase() === 'rel') relation ??= quoted ?? plain
  }
  return relation !== null && relation.toLowerCase().split(/\s+/).includes('next')
}

/** As `; rel="next last"` or `;rel=next`. */
const PARAMETER = /;\s*([\w!#$&+.^`|~*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*))/g
