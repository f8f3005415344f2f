// Jobs: begun by a call, running for a while, and then ended, with what they have changed and what came of them.

import { type Answer, found, type Maker, type OperationRequest, refuse, say } from './operation.ts'
import type { DataSet } from './data.ts'
import type { JsonObject, Shape } from './shape.ts'
import { toAuroraTime } from './timestamps.ts'

export interface JobKind {
  /** Names the job, and with `_job` behind it the wrapper of its answers. */
  readonly name: string
  /** The id in the path of what it works on. */
  readonly ownerId: (request: OperationRequest) => string
  readonly ownerMembers: (request: OperationRequest) => JsonObject
  /** Why it cannot be begun; null where it can. */
  readonly refuse?: (request: OperationRequest) => Answer | null
  /** Told at once. */
  readonly begin?: (request: OperationRequest) => JsonObject
  /** What it has changed, and what else its answers tell from then on. */
  readonly end: (data: DataSet, job: Job, maker: Maker) => JsonObject
}

export interface Job {
  readonly id: string
  readonly kind: JobKind
  readonly ownerId: string
  readonly told: JsonObject
  readonly requestedAtMs: number
  readonly endsAtMs: number
  readonly willFail: boolean
  result?: JsonObject
}

export interface Jobs {
  run(kind: JobKind, request: OperationRequest): Answer
  status(kind: JobKind, request: OperationRequest): Answer
  /** Ends what is due, so that every call sees what has come of it. */
  settle(): void
  /** Kinds, by their name, of which every job will fail. */
  setFailing(names: readonly string[]): void
}

export function createJobs(data: DataSet, maker: Maker, jobMs: () => number): Jobs {
  const jobs = new Map<string, Job>()
  let failing: readonly string[] = []

  function settle(): void {
    for (const job of jobs.values()) {
      if (job.result !== undefined || maker.nowMs() < job.endsAtMs) continue
      job.result = job.willFail ? {} : job.kind.end(data, job, maker)
    }
  }

  return {
    settle,
    setFailing: (names) => void (failing = names),
    run(kind, request) {
      const ownerId = kind.ownerId(request)
      const refusal = kind.refuse?.(request)
      if (refusal) return refusal
      const isRunning = [...jobs.values()].some(
        (job) => job.kind === kind && job.ownerId === ownerId && job.result === undefined,
      )
      if (isRunning) return refuse(409, 'Another job of this kind is running')
      const nowMs = maker.nowMs()
      const job: Job = {
        id: maker.newId(),
        kind,
        ownerId,
        told: { ...kind.ownerMembers(request), ...kind.begin?.(request) },
        requestedAtMs: nowMs,
        endsAtMs: nowMs + jobMs(),
        willFail: failing.includes(kind.name),
      }
      jobs.set(job.id, job)
      settle()
      return { status: 202, body: present(job, request.shape) }
    },
    status(kind, request) {
      const job = jobs.get(request.query.get('job_id') ?? '')
      const isAsked = job?.kind === kind && job.ownerId === kind.ownerId(request)
      return isAsked ? { status: 200, body: present(job, request.shape) } : found('job', undefined)
    },
  }
}

/** The word of the documents, one that a client met, and one that nobody has heard of. */
const GOING: Readonly<Record<Shape['jobWords'], string>> = {
  documented: 'in-progress',
  running: 'running',
  unknown: 'queued',
}

function present(
  { kind, id, told, result, willFail, requestedAtMs, endsAtMs }: Job,
  shape: Shape,
): JsonObject {
  const hasEnded = result !== undefined
  const job = {
    job_id: id,
    ...told,
    requested_at: toAuroraTime(requestedAtMs),
    completed_at: hasEnded ? toAuroraTime(endsAtMs) : null,
    status: hasEnded ? (willFail ? 'failed' : 'succeeded') : GOING[shape.jobWords],
    source: 'api',
    error:
      hasEnded && willFail ? { message: `The ${kind.name.replaceAll('_', ' ')} could not be done` } : null,
    ...result,
  }
  return { [shape.jobWrapper === 'documented' ? `${kind.name}_job` : 'job']: job }
}

export const unlessThere = (thing: object | undefined, what: string): Answer | null =>
  thing ? null : refuse(404, `${what} not found`)

export const refuseInput = (isGood: boolean, message: string): Answer | null =>
  isGood ? null : say(422, message)
