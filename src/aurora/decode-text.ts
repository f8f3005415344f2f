// Turns the bytes of a JSON body into text. A byte that cannot be decoded is marked, and neither replaced nor guessed.
import { isAscii, isUtf8 } from 'node:buffer'

/**
 * JSON is UTF-8 (RFC 8259, section 8.1), so valid UTF-8 is read as such, even if the header declares another set;
 * otherwise the declared character set counts. A text in neither has a mark instead of each byte that could not be
 * read, so that a field that shows it fails alone (`isDecoded`). A byte order mark is skipped.
 */
export function decodeText(bytes: Buffer, contentType?: string | readonly string[]): string {
  for (const charset of decideCharsets(bytes, contentType)) {
    const text = decode(bytes, charset)
    if (text !== null) return text
  }
  return withoutMark(markBytes(bytes))
}

/** Decoding this many bytes takes some milliseconds even if none can be read. */
const BYTES_PER_TURN = 128 * 1024

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/** The same text as `decodeText`, for bodies of megabytes: in turns of the event loop. */
export async function decodeInTurns(
  bytes: Buffer,
  contentType?: string | readonly string[],
  partBytes = BYTES_PER_TURN,
): Promise<string> {
  const inParts: InParts = async (decodePart) => {
    const parts: string[] = []
    for (let from = 0; from < bytes.length;) {
      const to = endOfPart(bytes, from + partBytes)
      parts.push(decodePart(bytes.subarray(from, to), to === bytes.length))
      from = to
      await nextTurn()
    }
    return parts.join('')
  }
  for (const charset of decideCharsets(bytes, contentType)) {
    const text = await decodeParts(bytes, charset, inParts)
    if (text !== null) return text
  }
  return withoutMark(await inParts(markBytes))
}

type InParts = (decodePart: (part: Buffer, isLast: boolean) => string) => Promise<string>

/** Null for bytes that are not of the character set. */
async function decodeParts(bytes: Buffer, charset: string, inParts: InParts): Promise<string | null> {
  if (charset === 'utf-8') {
    if (isAscii(bytes)) return bytes.toString('latin1')
    if (!isUtf8(bytes)) return null
    return withoutMark(await inParts((part) => part.toString('utf8')))
  }
  try {
    if (charset === 'windows-1252') return await inParts(decodeWindows)
    const decoder = new TextDecoder(charset, { fatal: true })
    const text = await inParts((part, isLast) => decoder.decode(part, { stream: !isLast }))
    return isSound(text, charset) ? text : null
  } catch {
    return null
  }
}

/** No sequence of UTF-8 is divided; it has at most three bytes after its first. */
function endOfPart(bytes: Buffer, end: number): number {
  if (end >= bytes.length) return bytes.length
  const isWithin = (at: number): boolean => ((bytes[at] ?? 0) & 0xc0) === 0x80
  const begin = [end, end - 1, end - 2, end - 3].find((at) => !isWithin(at))
  return begin ?? end
}

/** False for a text in which a byte could not be read. */
export const isDecoded = (text: string): boolean => !LONE_MARK.test(text)

/** In these sets nearly any bytes are a text, so that a wrong declaration would not be noticed. */
const SINGLE_BYTE = /^(?:windows|iso-8859|koi8|x-mac|macintosh|ibm866)/

/** In the order in which they are tried. */
function decideCharsets(bytes: Buffer, contentType: string | readonly string[] = ''): readonly string[] {
  const [first, second] = bytes
  // A byte order mark, or the zero that UTF-16 has beside the first bracket of JSON. UTF-8 has neither.
  if (first === 0 || (first === 0xfe && second === 0xff)) return ['utf-16be']
  if (second === 0 || (first === 0xff && second === 0xfe)) return ['utf-16le']
  const declared = declaredCharset(String(contentType))
  if (declared === null || declared.startsWith('utf-')) return ['utf-8']
  return SINGLE_BYTE.test(declared) ? ['utf-8', declared] : [declared, 'utf-8']
}

function declaredCharset(contentType: string): string | null {
  if (!contentType.includes(';')) return null
  const [, label] = /;\s*charset\s*=\s*["']?([^\s;"',]+)/i.exec(contentType) ?? []
  try {
    return label === undefined ? null : new TextDecoder(label).encoding
  } catch {
    return null
  }
}

/** Null for bytes that are not of the character set. */
function decode(bytes: Buffer, charset: string): string | null {
  if (charset === 'utf-8') return decodeUtf8(bytes)
  try {
    if (charset === 'windows-1252') return decodeWindows(bytes)
    const text = new TextDecoder(charset, { fatal: true }).decode(bytes)
    return isSound(text, charset) ? text : null
  } catch {
    return null
  }
}

/** The decoders of older sets are not always strict, and no older set needs this character. */
const isSound = (text: string, charset: string): boolean =>
  charset.startsWith('utf-') || !text.includes('\ufffd')

/** A TextDecoder would be made for each body, which takes longer than reading a short one. */
function decodeUtf8(bytes: Buffer): string | null {
  if (isAscii(bytes)) return bytes.toString('latin1')
  if (!isUtf8(bytes)) return null
  return withoutMark(bytes.toString('utf8'))
}

const BYTE_ORDER_MARK = '\ufeff'
const withoutMark = (text: string): string => (text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text)

/** Node 20 decodes windows-1252, which the web also means by iso-8859-1, without the characters from 80 to 9F. */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'
const WINDOWS_UNITS = Uint16Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x80 && byte <= 0x9f ? WINDOWS_1252.charCodeAt(byte - 0x80) : byte,
)

/**
 * A byte is a character. They are replaced by kind, because replacing megabytes of them one by one would take a second.
 */
function decodeWindows(bytes: Buffer): string {
  const units = new Uint16Array(bytes.length)
  for (let at = 0; at < bytes.length; at += 1) units[at] = WINDOWS_UNITS[bytes[at] ?? 0] ?? 0
  return Buffer.from(units.buffer).toString('utf16le')
}

/** The well-formed sequences of UTF-8 (Unicode, table 3-7), and any other byte, in a text of one character per byte. */
const SEQUENCES = new RegExp(
  [
    '[\xc2-\xdf][\x80-\xbf]',
    '\xe0[\xa0-\xbf][\x80-\xbf]',
    '[\xe1-\xec\xee\xef][\x80-\xbf]{2}',
    '\xed[\x80-\x9f][\x80-\xbf]',
    '\xf0[\x90-\xbf][\x80-\xbf]{2}',
    '[\xf1-\xf3][\x80-\xbf]{3}',
    '\xf4[\x80-\x8f][\x80-\xbf]{2}',
    '[\x80-\xff]',
  ].join('|'),
  'g',
)

/**
 * The second half of a pair, which no UTF-8 contains. JSON writes it as an escape, so caches keep it. There are two of them,
 * because one would make a pair with an escaped first half before it.
 */
const MARK = '\udcff\udcff'
const LONE_MARK = /\udcff/u

const markBytes = (bytes: Buffer): string =>
  bytes
    .toString('latin1')
    .replace(SEQUENCES, (found) => (found.length > 1 ? Buffer.from(found, 'latin1').toString() : MARK))
