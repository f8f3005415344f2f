// The text of a cursor, as clients get it and give it back: parts in an order that means nothing to them.

export const encodeParts = (parts: readonly unknown[]): string =>
  Buffer.from(JSON.stringify(parts)).toString('base64url')

/**
 * No parts for a text that was not made by `encodeParts`, or has more than `maxChars`. Cursors are not signed, so the parts are
 * whatever a client has written: who reads them checks each.
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
