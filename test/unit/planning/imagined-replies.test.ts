import { describe, expect, it } from 'vitest'
import { createListEnds } from '../../../src/loaders/list-ends.ts'
import { isReply } from '../../../src/rest/answer.ts'
import { createAlike } from '../../../src/planning/alike.ts'
import { isImagined } from '../../../src/planning/imagined-objects.ts'
import { createImaginedReplies } from '../../../src/planning/imagined-replies.ts'
import type { Outlook } from '../../../src/planning/outlook.ts'
import type { Making } from '../../../src/planning/turns.ts'
import { createTypicalReplies } from '../../../src/planning/typical-replies.ts'
import type { Call, Reply } from '../../../src/rest/call.ts'
import type { Members } from '../../../src/aurora/body.ts'
import { READS } from '../../../src/aurora/reads.ts'
import type { Endpoint } from '../../../src/aurora/endpoint.ts'
import { WRITES } from '../../../src/aurora/writes.ts'
import { buildCall, buildRefusal, buildScope, buildReply } from '../../support/builders.ts'
import type { CallParts } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const scope = buildScope()
const listEnds = createListEnds({ clock: createManualClock() })
const call = (endpoint: Endpoint, parts: CallParts = {}): Call =>
  buildCall({ scope, endpoint, path: {}, ...parts })
const designs = (projectId: string, page = 1, perPage = 250) =>
  call(READS.listDesigns, {
    path: { project_id: projectId },
    query: { page: String(page), per_page: String(perPage) },
  })

/** Makes all of it at once. */
function finish<Result>(making: Making<Result>): Result {
  let next = making.next()
  while (!next.done) next = making.next()
  return next.value
}

function create(outlook: Outlook, learned: readonly (readonly [Call, unknown])[] = []) {
  const typical = createTypicalReplies(listEnds)
  for (const [each, value] of learned) typical.learn(each, buildReply(value as Reply['value']))
  const replies = createImaginedReplies(outlook, { typicalReplies: typical, listEnds })
  const reply = (asked: Call) => finish(replies.reply(asked))
  const value = (asked: Call) => (reply(asked) as Reply).value
  return { replies, reply, typical, value, list: (asked: Call) => value(asked) as readonly Members[] }
}

const ofLength = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `d-${index}` }))

describe('imagined replies', () => {
  it('a long list is made in pieces, and one that is made at once is the same', () => {
    const open = () => create('expected', [[designs('a'), ofLength(240)]])
    const pieces: number[] = []
    const { replies } = open()
    const making = replies.reply(designs('b'))
    let next = making.next()
    for (; !next.done; next = making.next()) pieces.push(next.value)
    expect(pieces).toEqual([50, 50, 50, 50])
    expect(next.value).toEqual(open().reply(designs('b')))
  })

  it('each object of a long list is prepared in the piece in which it is made, and not later with all others', () => {
    const typical = createTypicalReplies(listEnds)
    typical.learn(designs('a'), buildReply(ofLength(240)))
    let prepared = 0
    const alike = { ...createAlike(() => {}), prepare: () => void (prepared += 1) }
    const replies = createImaginedReplies('expected', { typicalReplies: typical, listEnds, alike })
    const making = replies.reply(designs('b'))
    const seen: number[] = []
    for (let next = making.next(); !next.done; next = making.next()) seen.push(prepared)
    expect([...seen, prepared]).toEqual([50, 100, 150, 200, 240])
  })

  it('lists have the average length, spread so that the sum is right', () => {
    const { list } = create('expected', [
      [designs('a'), ofLength(1)],
      [designs('b'), ofLength(1)],
      [designs('c'), ofLength(3)],
    ])
    const lengths = ['p', 'q', 'r', 's', 't', 'u'].map((id) => list(designs(id)).length)
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(10)
  })

  it('lists are empty at the least, and at the most as long as any that was seen', () => {
    const learned = Array.from({ length: 20 }, (_, index) => [designs(`p${index}`), ofLength(index)] as const)
    expect(create('min', learned).list(designs('x'))).toEqual([])
    expect(create('max', learned).list(designs('x'))).toHaveLength(19)
    expect(create('max', learned.slice(0, 3)).list(designs('x')).length).toBeGreaterThan(2)
  })

  it('the pages of a list fit together', () => {
    const { list } = create('expected', [[designs('a', 1, 250), ofLength(5)]])
    const pages = [1, 2, 3].map((page) => list(designs('p', page, 3)))
    expect(pages.map(({ length }) => length)).toEqual([3, 2, 0])
    expect(new Set(pages.flat().map(({ id }) => id)).size).toBe(5)
  })

  it('ids of the route are kept, other links are imagined or null, everything else is null', () => {
    const [design] = create('expected').list(designs('p-9'))
    expect(design).toMatchObject({ project_id: 'p-9', name: null, system_size_stc: null })
    expect(isImagined(String(design?.['id']))).toBe(true)
    const project = create('expected').value(
      call(READS.retrieveProject, { path: { project_id: 'p-9' } }),
    ) as Members
    expect(project).toMatchObject({ id: 'p-9', partner_id: null, external_provider_id: null })
    expect(isImagined(String(project['owner_id']))).toBe(true)
  })

  it('at the least only the links that the contract promises are filled', () => {
    const { value } = create('min')
    const project = value(call(READS.retrieveProject, { path: { project_id: 'p' } })) as Members
    expect(project).toMatchObject({ owner_id: null, team_id: null })
    const design = value(call(READS.retrieveDesign, { path: { design_id: 'd' } })) as Members
    expect(isImagined(String(design['project_id']))).toBe(true)
  })

  it('links are as often empty, and name as many different things, as those seen', () => {
    const seen = [
      { id: '1', ahj_id: 'a' },
      { id: '2', ahj_id: 'a' },
      { id: '3', ahj_id: 'b' },
      { id: '4', ahj_id: null },
    ]
    const projects = call(READS.listProjects, { query: { page: '1', per_page: '250' } })
    const ids = create('expected', [[projects, seen]])
      .list(projects)
      .map((project) => project['ahj_id'])
    expect(ids.filter((id) => id !== null)).toHaveLength(3)
    expect(new Set(ids.filter((id) => id !== null)).size).toBe(2)
  })

  it('members that lists were seen to leave out are left out', () => {
    const projects = call(READS.listProjects)
    const { list } = create('expected', [[projects, [{ id: '1', name: 'x' }]]])
    expect(Object.keys(list(projects)[0] ?? {}).toSorted()).toEqual(['id', 'name'])
  })

  it('what was mostly found absent is absent, where that is ordinary', () => {
    const profile = call(READS.retrieveConsumptionProfile, { path: { project_id: 'p' } })
    const { reply, typical } = create('expected')
    expect(isReply(reply(profile))).toBe(true)
    for (let index = 0; index < 3; index += 1) typical.learn(profile, buildRefusal(404))
    expect(reply(profile)).toMatchObject({ status: 404 })
    expect(isReply(create('max').reply(profile))).toBe(true)
  })

  it('a list behind a place has that place where it was, and goes on', () => {
    const { replies, list } = create('min')
    const createdAt = '2026-03-04T17:25:09.000Z'
    replies.reach(READS.listProjects, { id: 'p-4', next: { page: 1, index: 0 }, createdAt })
    const page = (number: number) =>
      list(call(READS.listProjects, { query: { page: String(number), per_page: '5' } }))
    expect(page(1)[4]).toMatchObject({ id: 'p-4', created_at: createdAt })
    expect(page(2)).toHaveLength(1)
    expect(Date.parse(String(page(2)[0]?.['created_at']))).toBeLessThan(Date.parse(createdAt))
  })

  it('writes are answered with what they are about', () => {
    const { value } = create('expected')
    expect(value(call(WRITES.updateProject, { path: { project_id: 'p' } }))).toMatchObject({
      id: 'p',
    })
    expect(value(call(WRITES.deleteProject, { path: { project_id: 'p' } }))).toBeNull()
  })
})
