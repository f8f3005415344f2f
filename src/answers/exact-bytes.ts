// Copies bytes and texts that are kept for long: short Buffers, the results of zlib and parts of texts are slices that
// keep larger memory alive.

export function toExactBytes(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text))
  bytes.write(text)
  return bytes
}

export function copyExactly(bytes: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length)
  copy.set(bytes)
  return copy
}

/** A text that was cut out of an address or a form keeps the whole of it in memory, so this copies the text. */
export const toExactText = (text: string): string => JSON.parse(JSON.stringify(text)) as string
