// The copy of the log of drops: whether a reply was touched is found without looking through the log.
import { describe, expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import { readNameOf } from '../../../src/cache/read-name.ts'
import type { ReadName } from '../../../src/cache/read-name.ts'
import { createDropCopy, MAX_DROPS } from '../../../src/redis/drop-copy.ts'
import type { DropCopyOptions } from '../../../src/redis/drop-copy.ts'
import type { Touch } from '../../../src/cache/invalidation.ts'
import { tenantOf } from '../../../src/rest/scope.ts'
import { buildScope } from '../../support/builders.ts'

const { key: scope } = buildScope()
const { key: other } = buildScope('sk', 'another-tenant')

function open(findSent: DropCopyOptions['findSent'] = () => null) {
  const seen: string[] = []
  const copy = createDropCopy({
    emit: () => {},
    replicaId: 'this',
    findSent,
    applyDrop: (_drop, id) => void seen.push(`applied ${id}`),
    onTaken: () => {},
    onOtherGeneration: () => {},
    onGap: (areLost) => void seen.push(areLost ? 'lost' : 'gap'),
  })
  copy.restart('generation')
  return { ...copy, seen }
}

const entryTouches = (...ids: readonly string[]): readonly Touch[] =>
  ids.map((design_id) => ({ operation: 'retrieveDesign', path: { design_id } }))

const entry = (id: number, owner: string, ids: readonly number[]) => ({
  id: `${id}-0`,
  fields: {
    by: 'another',
    drop: JSON.stringify({
      owner,
      touches: entryTouches(...ids.map((each) => `d-${each}`)),
    }),
  },
})
const since = (id: number) => ({ generation: 'generation', id: `${id}-0` })
const readOf = (design_id: string): ReadName =>
  readNameOf(scope, { endpoint: READS.retrieveDesign, path: { design_id } }, {})

it('a read is compared with few of the touches of a full log', async () => {
  const copy = open()
  const webhooks = Array.from({ length: MAX_DROPS }, (_, count) =>
    entry(
      count + 1,
      tenantOf(scope),
      [0, 1, 2, 3, 4].map((each) => (count * 5 + each) % 4000),
    ),
  )
  await copy.take(webhooks)
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

it('what was dropped after the moment counts, of the scope and of its tenant, and of nobody else', async () => {
  const copy = open()
  await copy.take([
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
  await copy.take([{ id: '50-0', fields: { by: 'another', drop: 'unreadable' } }])
  expect([touched('d-9', 40), touched('d-9', 50)]).toEqual([true, false])
})

it('what is older than the log counts as touched', async () => {
  const copy = open()
  await copy.take(Array.from({ length: MAX_DROPS + 5 }, (_, count) => entry(count + 1, scope, [1])))
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

  it('are a gap between two others, and all before it counts as touched', async () => {
    const copy = open()
    const entries = entriesOf(5)
    await copy.take([beginning, ...entries.slice(0, 2)])
    await copy.take(entries.slice(3))
    expect(copy.seen).toEqual(['applied 1-0', 'applied 2-0', 'gap', 'applied 4-0', 'applied 5-0'])
    const touched = (design_id: string, id: number) => copy.haveTouched(readOf(design_id), since(id))
    expect([touched('d-9', 2), touched('d-9', 4), touched('d-4', 4), touched('d-4', 5)]).toEqual([
      true,
      false,
      true,
      false,
    ])
  })

  it('are a gap at the beginning of a generation, but where the log was read as a whole', async () => {
    const copy = open()
    const entries = entriesOf(3)
    await copy.take(entries.slice(1))
    expect(copy.seen).toEqual(['gap', 'applied 2-0', 'applied 3-0'])
    copy.restart('generation', '2-0')
    await copy.take(entries.slice(1))
    expect(copy.seen.slice(3)).toEqual(['applied 2-0', 'applied 3-0'])
    expect(copy.haveTouched(readOf('d-9'), since(1))).toBe(true)
  })

  it('are lost where Redis counts less than this copy', async () => {
    const copy = open()
    await copy.take([beginning, ...entriesOf(2)])
    await copy.take(
      entriesOf(2)
        .slice(1)
        .map((after) => ({ ...after, id: '9-0' })),
    )
    expect(copy.seen).toEqual(['applied 1-0', 'applied 2-0', 'lost', 'applied 9-0'])
  })

  it('are unknown where an older version adds entries, after which Redis counts from nothing', async () => {
    const copy = open()
    await copy.take([beginning, ...entriesOf(2), entry(5, scope, [5]), entry(6, scope, [6])])
    await copy.take(
      entriesOf(8)
        .slice(7)
        .map(({ id, fields }) => ({
          id,
          fields: { ...fields, bytes: String(Buffer.byteLength(fields.drop)) },
        })),
    )
    expect(copy.seen.filter((each) => !each.startsWith('applied'))).toEqual([])
  })

  it('stay before the bound of entries, however many come after them', async () => {
    const copy = open()
    const entries = entriesOf(MAX_DROPS + 10)
    await copy.take([beginning, ...entries.slice(0, 8)])
    await copy.take(entries.slice(9))
    expect(copy.haveTouched(readOf('d-0'), since(8))).toBe(true)
    expect(copy.haveTouched(readOf('d-0'), since(10))).toBe(false)
  })
})

describe('very many entries', () => {
  const many = Array.from({ length: 10 }, (_, index) =>
    entry(
      index + 1,
      tenantOf(scope),
      Array.from({ length: 200 }, (_unused, each) => index * 200 + each),
    ),
  )

  it('are applied in turns of the event loop, and those that are applied count at once', async () => {
    const copy = open()
    const taking = copy.take(many)
    expect(copy.seen).toEqual(['applied 1-0', 'applied 2-0'])
    expect(copy.mark()).toEqual(since(2))
    expect([
      copy.haveTouched(readOf('d-399'), since(0)),
      copy.haveTouched(readOf('d-400'), since(0)),
    ]).toEqual([true, false])
    await new Promise((resolve) => setImmediate(resolve))
    expect(copy.seen).toHaveLength(4)
    await taking
    expect(copy.seen).toHaveLength(10)
  })

  it('are each applied once where two readings have them', async () => {
    const copy = open()
    await Promise.all([copy.take(many.slice(0, 8)), copy.take(many)])
    expect(copy.seen).toEqual(many.map(({ id }) => `applied ${id}`))
  })

  it('are no gap before entries that arrive meanwhile', async () => {
    const copy = open()
    let bytes = 0
    const counted = many.map(({ id, fields }) => {
      bytes += Buffer.byteLength(fields.drop)
      return { id, fields: { ...fields, bytes: String(bytes) } }
    })
    await Promise.all([copy.take(counted.slice(0, 9)), copy.take(counted.slice(9))])
    expect(copy.seen).toEqual(many.map(({ id }) => `applied ${id}`))
  })

  it('are left to the reading that has begun the copy again', async () => {
    const copy = open()
    const taking = copy.take(many)
    copy.restart('another')
    await copy.take(many.slice(5, 6))
    await taking
    expect(copy.seen).toEqual(['applied 1-0', 'applied 2-0', 'applied 6-0'])
  })
})

it('an entry of this replica is not read where it is in memory', async () => {
  const known = { owner: tenantOf(scope), touches: entryTouches('d-1') }
  const copy = open((text) => (text === 'known' ? known : null))
  const own = (id: number, drop: string) => ({ id: `${id}-0`, fields: { by: 'this', drop } })
  await copy.take([own(1, 'known'), own(2, entry(2, scope, [2]).fields.drop)])
  expect(copy.seen).toEqual([])
  const touched = (design_id: string) => copy.haveTouched(readOf(design_id), since(0))
  expect([touched('d-1'), touched('d-2'), touched('d-3')]).toEqual([true, true, false])
})
