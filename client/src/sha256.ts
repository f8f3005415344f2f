// The hash of a document: its name in the protocol of automatic persisted queries.

/** As hexadecimal digits, as persisted documents are named. */
export async function sha256(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
