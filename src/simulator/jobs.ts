// Jobs of the simulator: a call begins one, it runs for a while, and its end makes the changes and the result.

import type { Clock } from '../clock.ts'
import type { DataSet } from './data.ts'
import { found, refuse } from './operation.ts'
import type { Job, JobKind, Jobs, Maker, OperationRequest } from './operation.ts'
import type { JsonObject, Shape } from './shape.ts'
import { toAuroraTime } from './timestamps.ts'

export interface JobsOptions {
  readonly data: DataSet
  readonly maker: Maker
  readonly clock: Pick<Clock, 'after'>
  readonly jobMs: () => number
  /** Called once for each job of a call, at its end. */
  readonly ended: (job: Job) => void
}

/** The jobs that began last are kept, because a client reads its job while it runs and shortly afterwards. */
const MAX_ENDED = 1_000

export function createJobs({ data, maker, clock, jobMs, ended }: JobsOptions): Jobs {
  const jobs = new Map<string, Job>()
  let failing: readonly string[] = []

  function settle(): void {
    for (const job of jobs.values()) {
      if (job.result !== undefined || maker.nowMs() < job.endsAtMs) continue
      end(job)
      ended(job)
    }
  }

  const end = (job: Job): void => void (job.result = job.willFail ? {} : job.kind.end(data, job, maker))

  /** An object has at most one running job of a kind, so the number of objects bounds the number of jobs. */
  function add(job: Job): void {
    jobs.set(job.id, job)
    if (jobs.size <= MAX_ENDED) return
    for (const { id, result } of jobs.values()) {
      if (jobs.size <= MAX_ENDED) return
      if (result !== undefined) jobs.delete(id)
    }
  }

  /** Its end is reported when it is reached, even if no call reads the job. */
  function settleAtEnd(job: Job): void {
    settle()
    if (job.result === undefined) clock.after(job.endsAtMs - maker.nowMs(), () => settleAtEnd(job))
  }

  return {
    settle,
    setFailing: (names) => void (failing = names),
    run(kind, request) {
      const ownerId = kind.ownerId(request)
      kind.check?.(request)
      const isRunning = [...jobs.values()].some(
        (job) => job.kind === kind && job.ownerId === ownerId && job.result === undefined,
      )
      if (isRunning) return refuse(409, 'Another job of this kind is running')
      const job = createJob(kind, request, { lastsMs: jobMs(), willFail: failing.includes(kind.name) })
      add(job)
      settleAtEnd(job)
      return { status: 202, body: present(job, request.shape) }
    },
    finish(kind, request, willFail) {
      kind.check?.(request)
      const job = createJob(kind, request, { lastsMs: 0, willFail })
      add(job)
      end(job)
      return job
    },
    status(kind, request) {
      const job = jobs.get(request.query.get('job_id') ?? '')
      const isAsked = job?.kind === kind && job.ownerId === kind.ownerId(request)
      return isAsked ? { status: 200, body: present(job, request.shape) } : found('job', undefined)
    },
  }
}

interface Terms {
  readonly lastsMs: number
  readonly willFail: boolean
}

function createJob(kind: JobKind, request: OperationRequest, { lastsMs, willFail }: Terms): Job {
  const nowMs = request.maker.nowMs()
  return {
    id: request.maker.newId(),
    kind,
    ownerId: kind.ownerId(request),
    members: { ...kind.ownerMembers(request), ...kind.begin?.(request) },
    requestedAtMs: nowMs,
    endsAtMs: nowMs + lastsMs,
    willFail,
    source: request.source,
  }
}

/** The word in Aurora's documents, one that a client received, and one that no document has. */
const GOING: Readonly<Record<Shape['jobWords'], string>> = {
  documented: 'in-progress',
  running: 'running',
  unknown: 'queued',
}

function present(
  { kind, id, members, result, willFail, requestedAtMs, endsAtMs, source }: Job,
  shape: Shape,
): JsonObject {
  const hasEnded = result !== undefined
  const job = {
    job_id: id,
    ...members,
    requested_at: toAuroraTime(requestedAtMs),
    completed_at: hasEnded ? toAuroraTime(endsAtMs) : null,
    status: hasEnded ? (willFail ? 'failed' : 'succeeded') : GOING[shape.jobWords],
    source,
    error:
      hasEnded && willFail ? { message: `The ${kind.name.replaceAll('_', ' ')} could not be done` } : null,
    ...result,
  }
  return { [shape.jobWrapper === 'documented' ? `${kind.name}_job` : 'job']: job }
}
