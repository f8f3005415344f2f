// Encodes and decodes the text of a cursor, which clients give back as they got it.

export const encodeParts = (parts: readonly unknown[]): string =>
  Buffer.from(JSON.stringify(parts)).toString('base64url')

/**
 * No parts for a text that was not made by `encodeParts`, or has more than `maxChars`. Cursors are not signed, so a
 * client can write any parts: the code that reads them has to check each.
 */
export function decodeParts(text: string, maxChars = Infinity): readonly unknown[] {
  if (text.length > maxChars) return []
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    return Array.isArray(parts) ? parts : []
  } catch {
    return []
  }
}
