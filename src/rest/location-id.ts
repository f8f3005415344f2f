// Reads from the Location header of an answer which object a write has made (RFC 9110, 10.2.2), if the body does not say it.
import { isMembers, isSameId, readAuroraId } from '../aurora/body.ts'
import { READS } from '../aurora/reads.ts'
import { isRead } from '../aurora/endpoint.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import { writeEndpoint } from '../aurora/writes.ts'
import type { WriteOperation } from '../aurora/writes.ts'
import type { AnswerHeaders } from '../network/read-bytes.ts'
import type { Call, Reply } from './call.ts'
import { isSafeId } from './ids.ts'

/** What a write was answered with, and the id of what it has made. Nothing is changed if the answer has the id, or no header names it. */
export function withLocationId(call: Call, headers: AnswerHeaders, value: Reply['value']): Reply['value'] {
  const { endpoint } = call
  if (isRead(endpoint) || endpoint.answers !== 'object' || Array.isArray(value)) return value
  const { makes, begins, idMember } = writeEndpoint(endpoint.operation as WriteOperation)
  const read = makes ?? begins
  if (!read || idMember === undefined) return value
  const known = isMembers(value) ? value : {}
  if (readAuroraId(known[idMember]) !== null) return value
  const id = readLocation(call, READS[read], [headers['location']].flat()[0] ?? '')
  return id === null ? value : { ...known, [idMember]: id }
}

/**
 * The id in an address that is the path of the read, of this tenant and below the objects of the write; null for any other one. The
 * host and what is before the path are not looked at: a server on the way may have written others, and nothing is sent there.
 */
function readLocation(
  { path, terms: { scope } }: Call,
  { route, idQuery }: Pick<Endpoint, 'route' | 'idQuery'>,
  location: string,
): string | null {
  const [address = '', query = ''] = location.replace(/#.*$/s, '').split('?', 2)
  const parts = address
    .replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '')
    .replace(/\/$/, '')
    .split('/')
    .map(decode)
  const names = route.split('/').slice(1)
  const there = parts.slice(-names.length)
  if (there.length < names.length) return null
  const given: Readonly<Record<string, string>> = { ...path, tenant_id: scope.tenantId }
  const fixed = idQuery === undefined ? names.slice(0, -1) : names
  const isSame = fixed.every((name, at) => isSamePart(name, there[at] ?? '', given))
  const id = (idQuery === undefined ? there.at(-1) : new URLSearchParams(query).get(idQuery)) ?? ''
  // The address of what was copied is no address of the copy.
  const isNew = !Object.values(path).some((known) => isSameId(known, id))
  return isSame && isNew && isSafeId(id) ? id : null
}

function isSamePart(name: string, part: string, given: Readonly<Record<string, string>>): boolean {
  if (!name.startsWith('{')) return name === part
  return isSameId(given[name.slice(1, -1)] ?? '', part)
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return ''
  }
}
