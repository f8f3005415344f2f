// The types of an operation of the simulator and of the jobs that it begins, and the answers that operations build.

import type { DataSet } from './data.ts'
import { UPSTREAM_CANARY } from './faults.ts'
import type { Ids } from './ids.ts'
import { createPage } from './paging.ts'
import type { JsonObject, Shape } from './shape.ts'

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
  /** The JSON that was sent; undefined where nothing was, or a file. */
  readonly sent: unknown
  readonly file: SentFile | undefined
  readonly maker: Maker
  readonly jobs: Jobs
}

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
  /** The refusal where the job cannot begin; null where it can. */
  readonly refuse?: (request: OperationRequest) => Answer | null
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
  result?: JsonObject
}

export interface Jobs {
  run(kind: JobKind, request: OperationRequest): Answer
  status(kind: JobKind, request: OperationRequest): Answer
  /** Ends the jobs that are due, so that every call sees their results. */
  settle(): void
  /** Kinds, by their name, of which every job will fail. */
  setFailing(names: readonly string[]): void
}

export function read(operationId: string, path: string, answer: Operation['answer']): Operation {
  return { operationId, method: 'GET', path, answer }
}

export function write(
  operationId: string,
  line: `${'POST' | 'PUT' | 'DELETE'} ${string}`,
  answer: Operation['answer'],
): Operation {
  const [method = '', path = ''] = line.split(' ')
  return { operationId, method: method as Operation['method'], path, answer }
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

/** Needs an existing project; a missing single object is a 404, a missing list is empty. */
export function ofProject({ ids, data }: OperationRequest, wrapper: string, value: unknown): Answer {
  return data.project(ids.project_id) ? found(wrapper, value) : refuse(404, 'Project not found')
}

/** The same for a design. */
export function ofDesign({ ids, data }: OperationRequest, wrapper: string, value: unknown): Answer {
  return data.design(ids.design_id) ? found(wrapper, value) : refuse(404, 'Design not found')
}

export function paged({ query }: OperationRequest, wrapper: string, list: readonly unknown[]): Answer {
  return ok({ [wrapper]: createPage(list, query) })
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
