// The jobs of the simulator: those that have ended are forgotten where there are very many.
import { expect, it } from 'vitest'
import type { Clock } from '../../../src/clock.ts'
import { createJobs } from '../../../src/simulator/jobs.ts'
import type { JobKind, Maker, OperationRequest } from '../../../src/simulator/operation.ts'

it('of thousands of jobs, those that ended longest ago are forgotten, and those that run are not', () => {
  let ids = 0
  let lastsMs = 0
  const maker: Maker = { newId: () => `job-${(ids += 1)}`, nowMs: () => 0 }
  const clock: Pick<Clock, 'after'> = { after: () => () => {} }
  const jobs = createJobs({ data: {} as never, maker, clock, jobMs: () => lastsMs, ended: () => {} })
  const kind: JobKind = {
    name: 'test',
    ownerId: ({ ids }) => String(ids['design_id']),
    ownerMembers: () => ({}),
    end: () => ({}),
  }
  const requestFor = (owner: string, jobId = ''): OperationRequest =>
    ({
      ids: { design_id: owner },
      query: new URLSearchParams({ job_id: jobId }),
      maker,
      shape: { jobWords: 'documented', jobWrapper: 'documented' },
    }) as unknown as OperationRequest
  const isKnown = (owner: string, jobId: string): boolean => {
    try {
      return jobs.status(kind, requestFor(owner, jobId)).status === 200
    } catch {
      return false
    }
  }

  lastsMs = 1000
  jobs.run(kind, requestFor('running'))
  lastsMs = 0
  for (let index = 0; index < 1_500; index += 1) jobs.run(kind, requestFor(`d-${index}`))

  expect(isKnown('running', 'job-1')).toBe(true)
  expect(isKnown('d-0', 'job-2')).toBe(false)
  expect(isKnown('d-1499', 'job-1501')).toBe(true)
})
