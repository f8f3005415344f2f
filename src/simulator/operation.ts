// An operation of the simulator and its jobs: their types, the makers of operations, and the answers they build.

import type { DataSet } from './data.ts'
import { UPSTREAM_CANARY } from './faults.ts'
import type { Ids } from './ids.ts'
import { createPage } from './paging.ts'
import type { JsonObject, Shape } from './shape.ts'

const TENANT = '/tenants/{tenant_id}'

export interface Operation {
  readonly operationId: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** As in the contract, with the names of its ids in braces. */
  readonly path: string
  readonly answer: (request: OperationRequest) => Answer
}

/** Ids and times of what is made: the same for the same seed, the same writes and the same clock. */
export interface Maker {
  newId(): string
  nowMs(): number
}

export interface OperationRequest {
  /** Empty for those that the path does not hold. */
  readonly ids: Ids
  readonly query: URLSearchParams
  readonly data: DataSet
  readonly shape: Shape
  /** The JSON that was sent; undefined if nothing was, or a file. */
  readonly sent: unknown
  readonly file: SentFile | undefined
  readonly maker: Maker
  readonly jobs: Jobs
  /** Who makes the change, as events report it: a call, or a user of the app. */
  readonly source: Source
}

export type Source = 'api' | 'app'

export interface SentFile {
  readonly name: string
  readonly bytes: number
}

export interface Answer {
  readonly status: number
  readonly body: unknown
}

export interface JobKind {
  /** Names the job, and with `_job` behind it the wrapper of its answers. */
  readonly name: string
  /** The id, in the path, of the object that the job works on. */
  readonly ownerId: (request: OperationRequest) => string
  readonly ownerMembers: (request: OperationRequest) => JsonObject
  /** Throws the refusal if the job cannot begin. */
  readonly check?: (request: OperationRequest) => void
  /** Members that its answers have from the start, beside those of the owner. */
  readonly begin?: (request: OperationRequest) => JsonObject
  /** Makes its changes; returns the members that its answers have from then on. */
  readonly end: (data: DataSet, job: Job, maker: Maker) => JsonObject
}

export interface Job {
  readonly id: string
  readonly kind: JobKind
  readonly ownerId: string
  readonly members: JsonObject
  readonly requestedAtMs: number
  readonly endsAtMs: number
  readonly willFail: boolean
  readonly source: Source
  result?: JsonObject
}

export interface Jobs {
  run(kind: JobKind, request: OperationRequest): Answer
  /** Adds a job that a user of the app had begun, and that has ended. Throws the refusal if it could not have begun. */
  finish(kind: JobKind, request: OperationRequest, willFail: boolean): Job
  status(kind: JobKind, request: OperationRequest): Answer
  /** Ends the jobs that are due, so that every call sees their results. */
  settle(): void
  /** Kinds, by their name, of which every job will fail. */
  setFailing(names: readonly string[]): void
}

/** The paths of `read`, `write`, `readValue`, `readPart` and `readPages` begin below the tenant. */
export function read(operationId: string, path: string, answer: Operation['answer']): Operation {
  return { operationId, method: 'GET', path: TENANT + path, answer }
}

export function write(
  operationId: string,
  line: `${'POST' | 'PUT' | 'DELETE'} ${string}`,
  answer: Operation['answer'],
): Operation {
  const [method = '', path = ''] = line.split(' ')
  return { operationId, method: method as Operation['method'], path: TENANT + path, answer }
}

type Find = (data: DataSet, lastId: string, request: OperationRequest) => unknown

/** Finds the value by the last id of the path. */
export function readValue(operationId: string, path: string, wrapper: string, find: Find): Operation {
  const [, name = 'tenant_id'] = /\{(\w+)\}[^{]*$/.exec(path) ?? []
  return read(operationId, path, (request) =>
    found(wrapper, find(request.data, request.ids[name as keyof Ids], request)),
  )
}

/** The same for a value below a project or a design. The project or the design has to exist. */
export function readPart(operationId: string, path: string, wrapper: string, find: Find): Operation {
  const shown = readValue(operationId, path, wrapper, find)
  const findOwner = shown.path.includes('{project_id}') ? projectOf : designOf
  return read(operationId, path, (request) => {
    findOwner(request)
    return shown.answer(request)
  })
}

export function readPages(
  operationId: string,
  path: string,
  wrapper: string,
  list: (data: DataSet) => readonly unknown[],
): Operation {
  return read(operationId, path, ({ data, query }) => ok({ [wrapper]: createPage(list(data), query) }))
}

export const projectOf = ({ data, ids }: OperationRequest) =>
  mustExist(data.project(ids.project_id), 'Project')
export const designOf = ({ data, ids }: OperationRequest) => mustExist(data.design(ids.design_id), 'Design')

export function byId<T extends { readonly id: string }>(list: readonly T[], id: string): T | undefined {
  return list.find((item) => item.id === id)
}

/** Ends a call with its answer from wherever it is thrown. */
export class Refusal extends Error {
  readonly answer: Answer

  constructor(answer: Answer) {
    super('refused')
    this.answer = answer
  }
}

/** The object that a call is about. Throws a 404 if it does not exist. */
export function mustExist<T>(object: T | undefined, what: string): T {
  if (object === undefined) throw new Refusal(refuse(404, `${what} not found`))
  return object
}

/** Throws a 422 with these messages if something sent is wrong. */
export function demand(isGood: boolean, ...messages: readonly string[]): asserts isGood {
  if (!isGood) throw new Refusal(userError(422, ...messages))
}

export function ok(body: JsonObject): Answer {
  return { status: 200, body }
}

export function found(wrapper: string, value: unknown): Answer {
  return value === undefined ? refuse(404, `No such ${wrapper}`) : ok({ [wrapper]: value })
}

/** What was made, with the status that creations have. */
export function created({ shape }: OperationRequest, wrapper: string, value: unknown): Answer {
  return { status: shape.creationStatus, body: { [wrapper]: value } }
}

/** An error whose text no client needs: it contains the canary, which must never leave a gateway. */
export function refuse(status: number, message: string): Answer {
  return userError(status, `${message} (${UPSTREAM_CANARY})`)
}

/** An error whose text is meant for users. */
export function userError(status: number, ...messages: readonly string[]): Answer {
  return { status, body: { errors: messages.map((message) => ({ message })) } }
}

/** Deletions are answered with nothing. */
export const DELETED: Answer = { status: 204, body: undefined }
