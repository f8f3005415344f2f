// The copy of the log of drops: whether a reply was touched is found without looking through the log.
import { describe, expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import { readNameOf } from '../../../src/cache/read-name.ts'
import type { ReadName } from '../../../src/cache/read-name.ts'
import { createDropCopy, MAX_DROPS } from '../../../src/redis/drop-copy.ts'
import { tenantOf } from '../../../src/rest/scope.ts'
import { buildScope } from '../../support/builders.ts'

const { key: scope } = buildScope()
const { key: other } = buildScope('sk', 'another-tenant')

function open() {
  const seen: string[] = []
  const copy = createDropCopy({
    emit: () => {},
    replicaId: 'this',
    applyDrop: (_drop, id) => void seen.push(`applied ${id}`),
    onTaken: () => {},
    onOtherGeneration: () => {},
    onGap: (areLost) => void seen.push(areLost ? 'lost' : 'gap'),
  })
  copy.restart('generation')
  return { ...copy, seen }
}

const entry = (id: number, owner: string, ids: readonly number[]) => ({
  id: `${id}-0`,
  fields: {
    by: 'another',
    drop: JSON.stringify({
      owner,
      touches: ids.map((each) => ({ operation: 'retrieveDesign', path: { design_id: `d-${each}` } })),
    }),
  },
})
const since = (id: number) => ({ generation: 'generation', id: `${id}-0` })
const readOf = (design_id: string): ReadName =>
  readNameOf(scope, { endpoint: READS.retrieveDesign, path: { design_id } }, {})

it('a read is compared with few of the touches of a full log', () => {
  const copy = open()
  const webhooks = Array.from({ length: MAX_DROPS }, (_, count) =>
    entry(
      count + 1,
      tenantOf(scope),
      [0, 1, 2, 3, 4].map((each) => (count * 5 + each) % 4000),
    ),
  )
  copy.take(webhooks)
  let looks = 0
  const counting: ReadName = new Proxy(readOf('d-none'), {
    get(target, name) {
      looks += 1
      return target[name as keyof ReadName]
    },
  })
  expect(copy.haveTouched(counting, since(1))).toBe(false)
  expect(looks).toBeLessThan(50)
  expect(copy.haveTouched(readOf('D-3'), since(1))).toBe(true)
})

it('what was dropped after the moment counts, of the scope and of its tenant, and of nobody else', () => {
  const copy = open()
  copy.take([
    entry(10, scope, [1]),
    entry(20, tenantOf(scope), [2]),
    entry(30, other, [3]),
    entry(40, tenantOf(other), [3]),
  ])
  const touched = (design_id: string, id: number) => copy.haveTouched(readOf(design_id), since(id))
  expect([touched('d-1', 5), touched('d-1', 9), touched('d-1', 10), touched('d-1', 15)]).toEqual([
    true,
    true,
    false,
    false,
  ])
  expect([touched('d-2', 10), touched('d-2', 20), touched('d-3', 0), touched('d-2', 99)]).toEqual([
    true,
    false,
    false,
    false,
  ])
  expect(copy.haveTouched(readOf('d-9'), { generation: 'another', id: '99-0' })).toBe(true)
  copy.take([{ id: '50-0', fields: { by: 'another', drop: 'unreadable' } }])
  expect([touched('d-9', 40), touched('d-9', 50)]).toEqual([true, false])
})

it('what is older than the log counts as touched', () => {
  const copy = open()
  copy.take(Array.from({ length: MAX_DROPS + 5 }, (_, count) => entry(count + 1, scope, [1])))
  expect(copy.haveTouched(readOf('d-9'), since(4))).toBe(true)
  expect(copy.haveTouched(readOf('d-9'), since(5))).toBe(false)
})

/** Entries as Redis adds them: each has the bytes of all drops up to it. */
function entriesOf(count: number, bytesBefore = 0) {
  let bytes = bytesBefore
  return Array.from({ length: count }, (_, index) => {
    const { id, fields } = entry(index + 1, scope, [index])
    bytes += Buffer.byteLength(fields.drop)
    return { id, fields: { ...fields, bytes: String(bytes) } }
  })
}

describe('entries that were not received', () => {
  const beginning = { id: '0-1', fields: { generation: 'generation' } }

  it('are a gap between two others, and all before it counts as touched', () => {
    const copy = open()
    const entries = entriesOf(5)
    copy.take([beginning, ...entries.slice(0, 2)])
    copy.take(entries.slice(3))
    expect(copy.seen).toEqual(['applied 1-0', 'applied 2-0', 'gap', 'applied 4-0', 'applied 5-0'])
    const touched = (design_id: string, id: number) => copy.haveTouched(readOf(design_id), since(id))
    expect([touched('d-9', 2), touched('d-9', 4), touched('d-4', 4), touched('d-4', 5)]).toEqual([
      true,
      false,
      true,
      false,
    ])
  })

  it('are a gap at the beginning of a generation, but where the log was read as a whole', () => {
    const copy = open()
    const entries = entriesOf(3)
    copy.take(entries.slice(1))
    expect(copy.seen).toEqual(['gap', 'applied 2-0', 'applied 3-0'])
    copy.restart('generation', '2-0')
    copy.take(entries.slice(1))
    expect(copy.seen.slice(3)).toEqual(['applied 2-0', 'applied 3-0'])
    expect(copy.haveTouched(readOf('d-9'), since(1))).toBe(true)
  })

  it('are lost where Redis counts less than this copy', () => {
    const copy = open()
    copy.take([beginning, ...entriesOf(2)])
    copy.take(
      entriesOf(2)
        .slice(1)
        .map((after) => ({ ...after, id: '9-0' })),
    )
    expect(copy.seen).toEqual(['applied 1-0', 'applied 2-0', 'lost', 'applied 9-0'])
  })

  it('are unknown where an older version adds entries, after which Redis counts from nothing', () => {
    const copy = open()
    copy.take([beginning, ...entriesOf(2), entry(5, scope, [5]), entry(6, scope, [6])])
    copy.take(
      entriesOf(8)
        .slice(7)
        .map(({ id, fields }) => ({
          id,
          fields: { ...fields, bytes: String(Buffer.byteLength(fields.drop)) },
        })),
    )
    expect(copy.seen.filter((each) => !each.startsWith('applied'))).toEqual([])
  })

  it('stay before the bound of entries, however many come after them', () => {
    const copy = open()
    const entries = entriesOf(MAX_DROPS + 10)
    copy.take([beginning, ...entries.slice(0, 8)])
    copy.take(entries.slice(9))
    expect(copy.haveTouched(readOf('d-0'), since(8))).toBe(true)
    expect(copy.haveTouched(readOf('d-0'), since(10))).toBe(false)
  })
})
