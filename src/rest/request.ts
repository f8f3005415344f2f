// Makes the HTTP request of a call: address, headers and body, signed with the credential.
import { isRead } from '../aurora/endpoint.ts'
import { GatewayError } from '../errors/errors.ts'
import { USER_AGENT } from '../network/user-agent.ts'
import type { Route } from '../aurora/members.ts'
import type { Call, Ids } from './call.ts'
import type { Scope } from './scope.ts'

/** Overrides the version of the key for each call; null sends none. */
export type ApiVersion = { readonly header: string; readonly value: string } | null

export function buildRequest(apiVersion: ApiVersion, call: Call) {
  const { endpoint } = call
  const { scope } = call.terms
  const { origin, prefix } = addressOf(scope)
  const pathname = prefix + fillRoute(endpoint.route, call.path, scope.tenantId)
  const body = encodeBody(call)
  const proof = scope.authentication.prove({
    method: endpoint.method,
    pathname,
    query: call.query,
    ...(body?.json && { body: body.json }),
  })
  const query = joinQueries(encodeQuery(call.query), proof.query)
  return {
    origin,
    path: query === '' ? pathname : `${pathname}?${query}`,
    method: endpoint.method,
    headers: listHeaders(apiVersion, isRead(endpoint) ? JSON_TYPE : body?.headers, proof.headers),
    ...(body && { body: body.content }),
  }
}

/** Names and values in turn, the form that undici processes fastest. */
function listHeaders(
  apiVersion: ApiVersion,
  ofBody: Readonly<Record<string, string>> | undefined,
  ofProof: Readonly<Record<string, string>>,
): string[] {
  const list = ['accept', 'application/json', 'accept-encoding', 'gzip', 'user-agent', USER_AGENT]
  if (apiVersion) list.push(apiVersion.header, apiVersion.value)
  for (const name in ofBody) list.push(name, ofBody[name] ?? '')
  for (const name in ofProof) list.push(name, ofProof[name] ?? '')
  return list
}

const joinQueries = (ofCall: string, ofProof: string): string =>
  ofCall === '' || ofProof === '' ? ofCall + ofProof : `${ofCall}&${ofProof}`

/** Shown in metrics and traces. */
export const hostnameOf = (scope: Scope): string => addressOf(scope).hostname

interface Address {
  readonly origin: string
  readonly hostname: string
  readonly prefix: string
}

/** Kept, because a URL works out each of its parts again at every read. */
const addresses = new WeakMap<URL, Address>()

function addressOf({ baseUrl }: Scope): Address {
  const known = addresses.get(baseUrl)
  if (known) return known
  const { origin, hostname, pathname } = baseUrl
  const address = { origin, hostname, prefix: pathname.replace(/\/$/, '') }
  addresses.set(baseUrl, address)
  return address
}

function encodeQuery(query: Ids): string {
  for (const _ in query) return new URLSearchParams(query).toString()
  return ''
}

/** Half of a character as JSON.stringify writes it: escaped, while backslashes of the text itself are doubled. */
const LONE_SURROGATE = /(?<!\\)(?:\\\\)*\\ud[89a-f]/

/**
 * Throws BAD_USER_INPUT for a call with a text that has no form in UTF-8, because Aurora could not read that text
 * correctly.
 */
export function assertBuildable(call: Call): void {
  if (canBeWritten(call)) return
  const { method, route } = call.endpoint
  throw new GatewayError(
    'BAD_USER_INPUT',
    'A text has half of a character (a lone surrogate), so it cannot be sent.',
    { upstream: { method, route } },
  )
}

/**
 * Whether the call is a read of plain characters alone, which needs no further check. This is faster than building the
 * request.
 */
const isPlainRead = ({ endpoint, path, query }: Call): boolean =>
  isRead(endpoint) && isPlain(path) && isPlain(query)

const PLAIN = /^[\x20-\x7e]*$/

function isPlain(ids: Ids): boolean {
  for (const name in ids) if (!PLAIN.test(ids[name] ?? '')) return false
  return true
}

function canBeWritten(call: Call): boolean {
  if (isPlainRead(call)) return true
  try {
    const { body } = buildRequest(null, call)
    Object.values(call.query).forEach(encodeURIComponent)
    return typeof body !== 'string' || !LONE_SURROGATE.test(body)
  } catch (error) {
    if (error instanceof URIError) return false
    throw error
  }
}

const JSON_TYPE = { 'content-type': 'application/json' } as const

/** Without members an empty object is sent, because servers that expect JSON refuse an empty body. */
function encodeBody({ endpoint: { method }, body }: Call) {
  if (method === 'GET' || method === 'DELETE') return null
  if (body && 'file' in body) {
    const { name, mediaType, bytes } = body.file
    const headers = { 'content-type': mediaType, 'content-disposition': toDisposition(name) }
    return { json: null, content: bytes, headers }
  }
  const json = body?.json ?? {}
  return { json, content: JSON.stringify(json), headers: JSON_TYPE }
}

/** RFC 6266: a plain name for old clients, and the whole name in the form of RFC 8187. */
function toDisposition(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`)
  return `attachment; filename="${plain}"${plain === name ? '' : `; filename*=UTF-8''${encoded}`}`
}

/** The ids were checked when the call was made; encoding them once more costs little. */
function fillRoute(route: Route, path: Ids, tenantId: string): string {
  let filled = ''
  let isText = true
  for (const part of partsOf(route)) {
    filled += isText ? part : encodeId((part === 'tenant_id' ? tenantId : path[part]) ?? '')
    isText = !isText
  }
  return filled
}

/** Nearly no id needs encoding, and the test for that costs less than encoding it. */
const encodeId = (id: string): string => (/^[\w.-]*$/.test(id) ? id : encodeURIComponent(id))

/** Texts, and between them the names of parameters. */
const parts = new Map<Route, readonly string[]>()

function partsOf(route: Route): readonly string[] {
  const known = parts.get(route)
  if (known) return known
  const split = route.split(/[{}]/)
  parts.set(route, split)
  return split
}
