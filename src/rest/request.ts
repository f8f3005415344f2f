// Makes the HTTP request of a call: address, headers and body, signed with the credential.
import { isRead } from '../aurora/endpoint.ts'
import { GatewayError } from '../errors/errors.ts'
import { USER_AGENT } from '../network/user-agent.ts'
import type { Call } from './call.ts'

/** Overrides the version of the key for each call; null sends none. */
export type ApiVersion = { readonly header: string; readonly value: string } | null

export function buildRequest(apiVersion: ApiVersion, call: Call) {
  const { endpoint } = call
  const { scope } = call.terms
  const prefix = scope.baseUrl.pathname.replace(/\/$/, '')
  const pathname = prefix + fillRoute(endpoint.route, { ...call.path, tenant_id: scope.tenantId })
  const body = encodeBody(call)
  const proof = scope.authentication.prove({
    method: endpoint.method,
    pathname,
    query: call.query,
    ...(body?.json && { body: body.json }),
  })
  const query = [new URLSearchParams(call.query).toString(), proof.query]
    .filter((part) => part !== '')
    .join('&')
  return {
    origin: scope.baseUrl.origin,
    path: query === '' ? pathname : `${pathname}?${query}`,
    method: endpoint.method,
    headers: {
      accept: 'application/json',
      'accept-encoding': 'gzip',
      'user-agent': USER_AGENT,
      ...(apiVersion && { [apiVersion.header]: apiVersion.value }),
      ...body?.headers,
      ...(isRead(endpoint) && JSON_TYPE),
      ...proof.headers,
    },
    ...(body && { body: body.content }),
  }
}

/** How JSON.stringify writes half of a character: escaped, where a backslash of the text itself is doubled. */
const LONE_SURROGATE = /(?<!\\)(?:\\\\)*\\ud[89a-f]/

/** Throws BAD_USER_INPUT for a call with a text that has no form in UTF-8: Aurora could not read it as it was meant. */
export function assertBuildable(call: Call): void {
  if (canBeWritten(call)) return
  const { method, route } = call.endpoint
  throw new GatewayError(
    'BAD_USER_INPUT',
    'A text has half of a character (a lone surrogate), so it cannot be sent.',
    { upstream: { method, route } },
  )
}

function canBeWritten(call: Call): boolean {
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

/** The ids were checked when the call was made; encoding them once more costs nothing. */
const fillRoute = (route: string, path: Readonly<Record<string, string>>): string =>
  route.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ''))
