// What was written is what is read: by id, in a list, and below a project, whichever way it was read before.
import { describe, expect, it } from 'vitest'
import { askFixedAurora } from '../support/fixed-aurora.ts'
import type { Fixed } from '../support/fixed-aurora.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { waitUntil } from '../support/wait-until.ts'

const PROJECT = { project: { id: 'p1', name: 'before' } }

describe('what lies below a project and was read by its own id', () => {
  it('is read again after the energy use of the project was changed', async () => {
    await using aurora = await askFixedAurora({
      'GET /designs/d1/summary': { design: { design_id: 'd1', project_id: 'p1', system_size_stc: 1 } },
      'GET /designs/d2/summary': { design: { design_id: 'd2', project_id: 'p2', system_size_stc: 2 } },
      'PUT /projects/p1/consumption_profile': { consumption_profile: { id: 'c1', project_id: 'p1' } },
    })
    const summaries =
      '{ a: design(id: "d1") { summary { systemSizeStc } } b: design(id: "d2") { summary { systemSizeStc } } }'
    await aurora.ask(summaries)
    expect(aurora.takeCalls()).toEqual(['GET /designs/d1/summary', 'GET /designs/d2/summary'])

    await aurora.ask(
      'mutation { updateConsumptionProfile(projectId: "p1", input: { monthlyEnergy: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1] }) { errors { code } } }',
    )
    aurora.takeCalls()
    await aurora.ask(summaries)
    expect(aurora.takeCalls()).toEqual(['GET /designs/d1/summary'])
  })

  it('is read again after the project was deleted', async () => {
    await using aurora = await askFixedAurora({
      'GET /agreements/a1': { agreement: { id: 'a1', project_id: 'p1', status: 'sent' } },
      'GET /agreements/a2': { agreement: { id: 'a2', project_id: 'p2', status: 'sent' } },
      'DELETE /projects/p1': {},
    })
    const agreements = '{ a: agreement(id: "a1") { status } b: agreement(id: "a2") { status } }'
    await aurora.ask(agreements)
    aurora.takeCalls()
    await aurora.ask('mutation { deleteProject(id: "p1") { errors { code } } }')
    aurora.takeCalls()
    await aurora.ask(agreements)
    expect(aurora.takeCalls()).toEqual(['GET /agreements/a1'])
  })
})

describe('a change that Aurora answers with another object', () => {
  it('is an error with an unknown outcome, and the object is read again', async () => {
    await using aurora = await askFixedAurora({
      'GET /projects/p1': PROJECT,
      'PUT /projects/p1': { project: { id: 'p2', name: 'of another' } },
    })
    await aurora.ask('{ project(id: "p1") { name } }')
    const { data } = await aurora.ask(
      'mutation { updateProject(id: "p1", input: { name: "after" }) { project { name } errors { code outcome } } }',
    )
    expect(data).toEqual({
      updateProject: { project: null, errors: [{ code: 'UPSTREAM_INVALID', outcome: 'UNKNOWN' }] },
    })
    aurora.takeCalls()
    const again = await aurora.ask('{ project(id: "p1") { name } }')
    expect([again.data, aurora.takeCalls()]).toEqual([{ project: { name: 'before' } }, ['GET /projects/p1']])
  })
})

it.each([408, 425, 499])(
  'a change that is answered with %i drops what it may have changed',
  async (status) => {
    await using aurora = await askFixedAurora({
      'GET /projects/p1': PROJECT,
      'PUT /projects/p1': { status, body: {} },
    })
    await aurora.ask('{ project(id: "p1") { name } }')
    await aurora.ask('mutation { updateProject(id: "p1", input: { name: "x" }) { errors { code } } }')
    aurora.takeCalls()
    await aurora.ask('{ project(id: "p1") { name } }')
    expect(aurora.takeCalls()).toEqual(['GET /projects/p1'])
  },
)

describe('while Aurora may still answer with what was before a write', () => {
  const LIST = '{ projects(first: 5) { nodes { name } } }'
  const UPDATE = 'mutation { updateProject(id: "p1", input: { name: "after" }) { errors { code } } }'
  const listOf = (name: string) => ({ projects: [{ id: 'p1', name }] })

  async function open() {
    const clock = createManualClock(1_000_000)
    const bodies: Record<string, Fixed> = {
      'GET /projects': listOf('before'),
      'PUT /projects/p1': { project: { id: 'p1', name: 'after' } },
    }
    const aurora = await askFixedAurora(bodies, { clock, config: { writeSettleMs: 3000 } })
    const read = async (query = LIST) => {
      const { data, extensions } = await aurora.ask(query)
      const { calls, saved } = extensions.upstream
      return { data, calls, stale: saved.stale }
    }
    return { aurora, bodies, clock, read }
  }
  const shows = (name: string) => ({ projects: { nodes: [{ name }] } })

  it('what is read is fresh until it is settled, and then read once more if somebody asks', async () => {
    const { aurora, bodies, clock, read } = await open()
    await using _aurora = aurora
    await read()
    await aurora.ask(UPDATE)
    expect(await read()).toEqual({ data: shows('before'), calls: 1, stale: 0 })
    bodies['GET /projects'] = listOf('after')
    await clock.advance(2000)
    expect(await read()).toEqual({ data: shows('before'), calls: 0, stale: 0 })
    aurora.takeCalls()

    await clock.advance(1500)
    expect(await read()).toEqual({ data: shows('before'), calls: 0, stale: 1 })
    const calls: string[] = []
    await waitUntil(() => calls.push(...aurora.takeCalls()) > 0)
    expect(calls).toEqual(['GET /projects'])

    await waitUntil(async () => JSON.stringify((await read()).data).includes('after'))
    await clock.advance(10_000)
    expect(await read()).toEqual({ data: shows('after'), calls: 0, stale: 0 })
    expect(aurora.takeCalls()).toEqual([])
  })

  it('what the write itself has answered is not asked again', async () => {
    const { aurora, clock, read } = await open()
    await using _aurora = aurora
    await aurora.ask(UPDATE)
    for (const ms of [0, 2000, 2000]) {
      await clock.advance(ms)
      expect(await read('{ project(id: "p1") { name } }')).toEqual({
        data: { project: { name: 'after' } },
        calls: 0,
        stale: 0,
      })
    }
  })
})
