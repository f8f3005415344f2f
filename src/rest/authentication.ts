// Signs calls for Aurora. Secrets are in closures only, so printing an Authentication prints no secret.
import { createHash, createHmac } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { createQuoteFinder } from './quoted-secrets.ts'

export interface UnsignedRequest {
  readonly method: string
  /** The path as it is sent, with the base URL's prefix. */
  readonly pathname: string
  readonly query: Readonly<Record<string, string>>
  readonly body?: unknown
}

export interface Proof {
  readonly headers: Readonly<Record<string, string>>
  /** Appended to the path unchanged: `Name=value&…`; may hold a signature, so never logged. */
  readonly query: string
}

export interface Authentication {
  /** Names the credential without containing it. */
  readonly fingerprint: string
  /** Names the API key: Aurora counts its calls by it, whatever its secret is and however a call is signed. */
  readonly keyFingerprint: string
  prove(request: UnsignedRequest): Proof
  /** Whether a text repeats a part of the credential or a signature. */
  isQuotedIn(text: string): boolean
}

const fingerprint = (...parts: string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex')

/** Keys created in the app: `sk_…` for all operations of a tenant, `rk_…` for some. */
export function createBearerAuthentication(token: string): Authentication {
  const proof: Proof = { headers: { authorization: `Bearer ${token}` }, query: '' }
  return {
    fingerprint: fingerprint('bearer', token),
    keyFingerprint: fingerprint('key', token),
    prove: () => proof,
    isQuotedIn: createQuoteFinder([token]),
  }
}

/** The older signature in the query, of version 2018.01; works under the /v2 prefix only. */
export function createHmacAuthentication(key: string, secret: string, clock: Clock): Authentication {
  const isQuoted = createQuoteFinder([key, secret])
  return {
    fingerprint: fingerprint('hmac', key, secret),
    keyFingerprint: fingerprint('key', key),
    prove(request) {
      const timestamp = formatTimestamp(clock.wallMs())
      const signature = createHmac('sha256', secret)
        .update(stringToSign(request, key, timestamp))
        .digest('base64')
      // Clients escape differently; every query parser reads a percent-encoded signature correctly.
      const query = `AuroraKey=${encodeURIComponent(key)}&Timestamp=${timestamp}&Signature=${encodeURIComponent(signature)}`
      return { headers: {}, query }
    },
    isQuotedIn: (text) => isQuoted(text) || /Signature(?:=|%3D)/i.test(text),
  }
}

/** `2026-03-04%2017:25:09%20UTC`: spaces escaped, colons not; the same text is signed and sent. */
export const formatTimestamp = (wallMs: number): string =>
  `${new Date(wallMs).toISOString().slice(0, 19).replace('T', '%20')}%20UTC`

/** Five lines at the most, each ended by a line feed, also the last. */
export function stringToSign(request: UnsignedRequest, key: string, timestamp: string): string {
  const path = request.pathname.replace(/\/$/, '').toLowerCase()
  const parameters =
    request.body === undefined ? joinSorted(Object.entries(request.query)) : joinSorted(flatten(request.body))
  const lines = [request.method, path, `AuroraKey=${key}`, `Timestamp=${timestamp}`]
  if (parameters !== '') lines.push(parameters)
  return lines.map((line) => `${line}\n`).join('')
}

/** Sorted by name in byte order, as the Ruby and JavaScript clients do: `=` would sort behind the digits. */
function joinSorted(pairs: readonly (readonly [string, string])[]): string {
  return pairs
    .toSorted(([left], [right]) => Buffer.compare(Buffer.from(left), Buffer.from(right)))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

/** `{design: {name: "South roof"}}` becomes `design.name=South%20roof`; arrays are written `[a,b,c]`. */
function flatten(value: unknown, name = ''): (readonly [string, string])[] {
  if (Array.isArray(value))
    return [[encodeURI(name), `[${value.map((item) => encodeURI(String(item))).join(',')}]`]]
  if (typeof value !== 'object' || value === null) return [[encodeURI(name), encodeURI(String(value))]]
  return Object.entries(value).flatMap(([member, inner]) =>
    flatten(inner, name === '' ? member : `${name}.${member}`),
  )
}
