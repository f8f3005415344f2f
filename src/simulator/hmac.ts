// The older way to sign a call: an HMAC in the query. Accepts every variant that worked for a client.

import { createHmac, timingSafeEqual } from 'node:crypto'

export interface HmacCredential {
  readonly key: string
  readonly secret: string
}

export interface SignedRequest {
  readonly method: string
  /** As sent, with the /v2 prefix if it had one, without the query. */
  readonly path: string
  /** As sent, without the question mark, still escaped. */
  readonly rawQuery: string
  /** JSON of a write. */
  readonly body?: string
}

/** The members that carry the signature, and are no parameters of the call. */
export const SIGNATURE_MEMBERS: readonly string[] = ['AuroraKey', 'Timestamp', 'Signature']

export function hasSignature(request: SignedRequest): boolean {
  return findSignature(request) !== undefined
}

/** The age of the timestamp has no limit: the skew that Aurora allows is not public. */
export function isSignedBy(request: SignedRequest, { key, secret }: HmacCredential): boolean {
  const claim = findSignature(request)
  if (claim?.key !== key || !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/.test(claim.timestamp)) return false
  return listStringsToSign(request, claim).some((text) => {
    const expected = createHmac('sha256', secret).update(text).digest()
    // Base64 decodes to the same bytes with its final "=" and without; both are variants in use.
    const given = Buffer.from(claim.signature, 'base64')
    return given.length === expected.length && timingSafeEqual(given, expected)
  })
}

interface Claim {
  readonly key: string
  readonly timestamp: string
  readonly signature: string
}

/** In the query, or, as the oldest clients did on a write, among the members of the body. */
function findSignature(request: SignedRequest): Claim | undefined {
  const inQuery = new Map(splitQuery(request.rawQuery).map(([name, value]) => [name, decode(value)]))
  const inBody = new Map(
    Object.entries(parseBody(request.body)).map(([name, value]) => [name, String(value)]),
  )
  const read = (name: string): string | undefined => inQuery.get(name) ?? inBody.get(name)
  const [key, timestamp, signature] = [read('AuroraKey'), read('Timestamp'), read('Signature')]
  if (key === undefined || timestamp === undefined || signature === undefined) return undefined
  return { key, timestamp: decode(timestamp), signature }
}

/** Every string that one of the clients signs for this request. */
function listStringsToSign(request: SignedRequest, { key, timestamp }: Claim): string[] {
  const method = request.method.toUpperCase()
  const path = request.path.replace(/\/$/, '')
  const start = (written: string): string =>
    `${method}\n${written}\nAuroraKey=${key}\nTimestamp=${timestamp.replaceAll(' ', '%20')}\n`
  const paths = [path, path.toLowerCase()]
  return paths.flatMap((written) => listParameterLines(request).map((line) => start(written) + line))
}

function listParameterLines({ method, rawQuery, body }: SignedRequest): string[] {
  const isRead = method.toUpperCase() === 'GET'
  const asSent: [string, string][] = isRead
    ? splitQuery(rawQuery)
    : flatten(parseBody(body)).map(([name, value]) => [encodeURI(name), encodeURI(value)])
  const members = asSent.filter(([name]) => !SIGNATURE_MEMBERS.includes(name))
  if (members.length === 0) return ['']
  const decoded = members.map(([name, value]): [string, string] => [decode(name), decode(value)])
  return [members, decoded].flatMap((variant) =>
    ORDERS.map(
      (order) =>
        `${variant
          .toSorted(order)
          .map(([name, value]) => `${name}=${value}`)
          .join('&')}\n`,
    ),
  )
}

const byteOrder = (a: string, b: string): number => (a < b ? -1 : Number(a > b))

const ORDERS: readonly ((a: [string, string], b: [string, string]) => number)[] = [
  ([a], [b]) => byteOrder(a, b),
  ([a], [b]) => byteOrder(a.toLowerCase(), b.toLowerCase()),
]

/** By hand, since URLSearchParams would make a space of the plus in an unescaped signature. */
function splitQuery(rawQuery: string): [string, string][] {
  return rawQuery
    .split('&')
    .filter((member) => member !== '')
    .map((member) => {
      const end = member.indexOf('=')
      return end < 0 ? [member, ''] : [member.slice(0, end), member.slice(end + 1)]
    })
}

function flatten(value: unknown, name = ''): [string, string][] {
  if (Array.isArray(value)) return [[name, `[${value.map(String).join(',')}]`]]
  if (typeof value !== 'object' || value === null) return [[name, String(value)]]
  return Object.entries(value).flatMap(([key, member]) =>
    flatten(member, name === '' ? key : `${name}.${key}`),
  )
}

function parseBody(body: string | undefined): object {
  try {
    const value: unknown = JSON.parse(body ?? '{}')
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
