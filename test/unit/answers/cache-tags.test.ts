// Tags of answers and of changes: whatever makes a part of an answer untrue has a tag that the answer has.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EVENTS } from '../../../src/aurora/events.ts'
import type { EventName } from '../../../src/aurora/events.ts'
import { READS } from '../../../src/aurora/reads.ts'
import type { ReadOperation } from '../../../src/aurora/reads.ts'
import { describeTags, tagsOfRead, tagsOfTouch } from '../../../src/answers/cache-tags.ts'
import { touchesOfEvent } from '../../../src/cache/event-touches.ts'
import type { Touch } from '../../../src/cache/invalidation.ts'
import { isBelow, readNameOf } from '../../../src/cache/read-name.ts'
import { callKey } from '../../../src/rest/call.ts'
import type { ScopeKey } from '../../../src/rest/scope.ts'
import type { UsedReply } from '../../../src/rest/terms.ts'

const SCOPE = 'scope' as ScopeKey
const operations = Object.keys(READS) as ReadOperation[]

describe('tags', () => {
  it.each<[ReadOperation, Record<string, string>, string[]]>([
    ['retrieveProject', { project_id: 'AB-1' }, ['Project', 'Project:ab-1']],
    ['listProjects', {}, ['Project:list']],
    ['listDesigns', { project_id: 'p1' }, ['Design:list', 'Design:list:p1']],
    ['retrieveFinancing', { design_id: 'd1', financing_id: 'f1' }, ['Financing', 'Financing:d1:f1']],
  ])('of %s', (operation, path, tags) => {
    expect(tagsOfRead({ operation, path })).toEqual(tags)
  })

  it.each<[Touch, string[]]>([
    [{ operation: 'retrieveProject', path: { project_id: 'p1' } }, ['Project:p1', 'Project:any']],
    [{ operation: 'retrieveProject', path: {} }, ['Project', 'Project:any']],
    [{ operation: 'listProjects', path: {} }, ['Project:list', 'Project:any']],
    [{ operation: 'retrieveDesign', path: { project_id: 'p1' } }, ['Design', 'Design:any']],
  ])('of the touch %j', (touch, tags) => {
    expect(tagsOfTouch(touch)).toEqual(tags)
  })

  it('of a write and of an unknown operation there are none', () => {
    expect(tagsOfRead({ operation: 'updateProject', path: {} })).toEqual([])
    expect(tagsOfRead({ operation: 'toString', path: {} })).toEqual([])
  })
})

const id = fc.constantFrom('a', 'B', 'b')
const ids = fc.dictionary(
  fc.constantFrom('project_id', 'design_id', 'financing_id', 'asset_id', 'user_id', 'job_id'),
  id,
)
const read = fc.tuple(fc.constantFrom(...operations), ids).map(([operation, found]) => ({
  operation,
  path: Object.fromEntries(READS[operation].parameters.map((name) => [name, found[name] ?? 'a'])),
}))

describe('an answer with a part that a change touches', () => {
  const touches = fc.oneof(
    fc.tuple(fc.constantFrom(...operations), ids).map(([operation, path]): Touch[] => [{ operation, path }]),
    fc
      .tuple(fc.constantFrom(...(Object.keys(EVENTS) as EventName[])), ids)
      .map(([event, path]): readonly Touch[] =>
        touchesOfEvent(EVENTS[event], { ids: path, projectsAbove: () => undefined }),
      ),
  )
  it('has a tag of that change, whether its parts are named or are too many', () => {
    fc.assert(
      fc.property(touches, read, (changed, { operation, path }) => {
        const name = readNameOf(SCOPE, { endpoint: READS[operation], path }, {})
        const hit = changed.filter((touch) => isBelow(name, touch))
        const few = describeTags([partOf(operation, path)], null)
        const many = describeTags([partOf(operation, path)], 900)
        const tagsOf = (described: object | null): readonly string[] =>
          Object.values(described ?? {}).flat(2) as string[]
        for (const touch of hit)
          for (const tags of [tagsOf(few), tagsOf(many)])
            expect(tagsOfTouch(touch).some((tag) => tags.includes(tag))).toBe(true)
      }),
    )
  })
})

function partOf(operation: ReadOperation, path: Record<string, string>): UsedReply {
  const key = callKey(SCOPE, { endpoint: READS[operation], path, query: { page: '1' } })
  return { key, operation } as UsedReply
}

describe('the extensions of an answer', () => {
  const parts = [partOf('retrieveProject', { project_id: 'p1' }), partOf('listDesigns', { project_id: 'p1' })]
  const tags = ['Project', 'Project:p1', 'Design:list', 'Design:list:p1']

  it('are one list for what the roots show, and one for each entity', () => {
    expect(describeTags(parts, null)).toEqual({ apolloCacheTags: tags })
    expect(describeTags(parts, 2)).toEqual({ apolloEntityCacheTags: [tags, tags] })
    expect(describeTags([], 0)).toEqual({ apolloEntityCacheTags: [] })
  })

  it('are bounded: beyond 16 KB they name kinds', () => {
    const many = Array.from({ length: 2000 }, (_, index) =>
      partOf('retrieveProject', { project_id: `p${index}` }),
    )
    expect(describeTags(many, null)).toEqual({ apolloCacheTags: ['Project', 'Project:any'] })
    const ofEach = describeTags(many, 1_000)
    expect(ofEach).toEqual({
      apolloEntityCacheTags: Array.from({ length: 1_000 }, () => ['Project', 'Project:any']),
    })
  })

  it('are none where those of kinds are too many as well', () => {
    const kinds = (['retrieveProject', 'listDesigns', 'listFinancings', 'listUsers'] as const).map(
      (operation) => partOf(operation, { project_id: 'p1', design_id: 'd1' }),
    )
    expect(describeTags(kinds, 100)).not.toBeNull()
    expect(describeTags(kinds, 1_000)).toBeNull()
  })
})
