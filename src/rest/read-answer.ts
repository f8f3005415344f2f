// Reads the content of a 2xx answer to a call, which may be empty.
import { isMembers } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'
import { isRead } from '../aurora/endpoint.ts'
import type { Call } from './call.ts'
import { readBody } from './read-body.ts'
import type { ReadValue } from './read-body.ts'
import { isFurtherPage } from './no-such-page.ts'
import { readBeside, readTotal } from './more-follows.ts'
import type { ListPart } from './more-follows.ts'
import { hasOneEmptyList } from './unwrap.ts'

export interface Received {
  readonly status: number
  /** The bytes after decompression. */
  readonly bytes: Buffer
  /** The JSON of the bytes; throws if they are no JSON. */
  readonly parse: () => unknown
}

/** Null if the answer does not have the shape of the contract. */
export function readAnswer(call: Call, { status, bytes, parse }: Received): ReadValue | null {
  const { endpoint } = call
  if (isSilent(call, bytes)) return NOTHING
  if (bytes.length === 0) {
    if (endpoint.answers === 'list' && (status === NO_CONTENT || isFurtherPage(call))) return emptyList()
    if (endpoint.mayBeAbsent && status === NO_CONTENT) return NOTHING
  }
  const body = parse()
  return withFollows(
    isNothingFurther(call, body) ? emptyList() : readBody(endpoint, askedId(call), body),
    (length) => ({
      follows: readBeside(body, endpoint.wrapper, toListPart(call, length)),
      total: readTotal(body, endpoint.wrapper),
    }),
  )
}

function withFollows(
  read: ReadValue | null,
  readOthers: (length: number) => Pick<ReadValue, 'follows' | 'total'>,
): ReadValue | null {
  if (!read || !Array.isArray(read.value)) return read
  const { value, unreadable } = read
  return { value, unreadable, ...readOthers(read.value.length) }
}

/** The page that was asked for; a list that is asked for whole begins with the first one. */
export const toListPart = ({ query }: Pick<Call, 'query'>, length: number): ListPart => ({
  page: Number(query['page'] ?? 1),
  size: query['per_page'] === undefined ? null : Number(query['per_page']),
  length,
})

/** The answer to a deletion, or to a write that Aurora accepts for later, is empty (204) or a text for people. */
export const isSilent = ({ endpoint }: Call, bytes: Buffer): boolean =>
  endpoint.answers === 'nothing' || (!isRead(endpoint) && bytes.length === 0)

const NO_CONTENT = 204
const NOTHING: ReadValue = { value: null, unreadable: 0 }
/** A new array each time, because what is known of a page is noted by its array. */
const emptyList = (): ReadValue => ({ value: [], unreadable: 0 })

/** For a page after the last one, some servers answer with null instead of the list. Beside errors, it is a failure. */
function isNothingFurther(call: Call, body: unknown): boolean {
  if (!isFurtherPage(call) || !isMembers(body)) return false
  const wrapper = call.endpoint.wrapper ?? ''
  if (Object.hasOwn(body, wrapper)) return body[wrapper] === null && !hasErrors(body)
  return hasOneEmptyList(body) && !hasErrors(body)
}

const hasErrors = (body: Members): boolean => ['error', 'errors'].some((name) => Object.hasOwn(body, name))

/** The last id of a read's route is that of the object; the answer to a write may be another object. */
function askedId({ endpoint, path, query }: Call): string | undefined {
  if (!isRead(endpoint)) return undefined
  return endpoint.idQuery ? query[endpoint.idQuery] : path[endpoint.parameters.at(-1) ?? '']
}
