// Jobs of the simulator: a call begins one, it runs for a while, and its end makes the changes and the result.

import type { DataSet } from './data.ts'
import { found, refuse } from './operation.ts'
import type { Job, Jobs, Maker } from './operation.ts'
import type { JsonObject, Shape } from './shape.ts'
import { toAuroraTime } from './timestamps.ts'

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
      kind.check?.(request)
      const isRunning = [...jobs.values()].some(
        (job) => job.kind === kind && job.ownerId === ownerId && job.result === undefined,
      )
      if (isRunning) return refuse(409, 'Another job of this kind is running')
      const nowMs = maker.nowMs()
      const job: Job = {
        id: maker.newId(),
        kind,
        ownerId,
        members: { ...kind.ownerMembers(request), ...kind.begin?.(request) },
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

/** The word in Aurora's documents, one that a client received, and one that no document has. */
const GOING: Readonly<Record<Shape['jobWords'], string>> = {
  documented: 'in-progress',
  running: 'running',
  unknown: 'queued',
}

function present(
  { kind, id, members, result, willFail, requestedAtMs, endsAtMs }: Job,
  shape: Shape,
): JsonObject {
  const hasEnded = result !== undefined
  const job = {
    job_id: id,
    ...members,
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
