// Who owns the slot, by the answers of several nodes that know more or less.
import { describe, expect, it } from 'vitest'
import { decideOwner, readView } from '../../../src/redis/slot-owner.ts'
import type { SlotView } from '../../../src/redis/slot-owner.ts'

const view = (id: string, epoch: number, owner: string | null, primaries = 'A B C'): SlotView => ({
  id,
  epoch,
  owner,
  primaries: primaries.split(' '),
  heirs: [],
  addresses: new Map(),
})

describe('the owner of a slot', () => {
  it.each<[what: string, views: SlotView[], owner: string | null]>([
    ['that all name', [view('A', 1, 'A'), view('B', 2, 'A'), view('C', 3, 'A')], 'A'],
    ['that most of the primaries name, and itself', [view('A', 1, 'A'), view('B', 2, 'A')], 'A'],
    ['that only itself names', [view('A', 1, 'A')], null],
    ['that does not answer', [view('B', 2, 'A'), view('C', 3, 'A')], null],
    ['that says it is another', [view('A', 7, 'B'), view('C', 3, 'A'), view('B', 2, 'A')], null],
    [
      'after a failover that one primary has not heard of',
      [view('D', 4, 'D', 'D B C'), view('B', 2, 'D', 'D B C'), view('C', 3, 'A')],
      'D',
    ],
    [
      'where the former one is cut off together with a primary that still names it',
      [view('A', 1, 'A'), view('C', 3, 'A'), view('D', 4, 'D', 'D B C'), view('B', 2, 'D', 'D B C')],
      'D',
    ],
    [
      'after the former one took over another slot, and so has the higher epoch',
      [view('A', 7, 'B'), view('B', 6, 'B'), view('C', 3, 'A')],
      'B',
    ],
    [
      'by its primaries alone: replicas and nodes without slots do not count',
      [view('A', 1, 'A'), view('X', 1, 'A'), view('Y', 0, 'A'), view('Z', 0, 'A')],
      null,
    ],
    ['where nobody has it', [view('A', 1, null), view('B', 2, null), view('C', 3, null)], null],
    ['in a cluster of one', [view('A', 1, 'A', 'A')], 'A'],
  ])('%s', (_what, views, owner) => {
    for (const given of [views, views.toReversed()]) expect(decideOwner(given)?.id ?? null).toBe(owner)
  })

  it('of a large cluster is confirmed by the first of its primaries', () => {
    const primaries = 'A B C D E F G H I J K L M N O P Q R S T'
    const eight = primaries
      .split(' ')
      .slice(0, 8)
      .map((id) => view(id, 1, 'A', primaries))
    expect(decideOwner(eight)?.id).toBe('A')
    expect(decideOwner(eight.slice(1))).toBeNull()
    expect(decideOwner(eight.slice(0, 7))).toBeNull()
  })
})

describe('what a node says', () => {
  const asked = { host: 'asked.example', port: 1 }
  const info = 'cluster_state:ok\r\ncluster_my_epoch:12\r\n'
  const ranges = [
    [0, 99, ['10.0.0.2', 6379, 'B', []]],
    [
      100,
      200,
      ['one.example', 6379, 'A', ['ip', '10.0.0.1']],
      ['', 6380, 'D'],
      [null, 6381, 'E'],
      ['?', 6382, 'F'],
    ],
  ]

  it('names the owner of the slot, who may become it, and where they are', () => {
    const read = readView(150, ['A', info, ranges], asked)
    expect(read).toEqual({
      id: 'A',
      epoch: 12,
      owner: 'A',
      primaries: ['A', 'B'],
      heirs: ['D', 'E', 'F'],
      addresses: new Map([
        ['B', { host: '10.0.0.2', port: 6379 }],
        ['A', { host: 'one.example', port: 6379 }],
        ['D', { host: 'asked.example', port: 6380 }],
        ['E', { host: 'asked.example', port: 6381 }],
        ['F', { host: 'asked.example', port: 6382 }],
      ]),
    })
    expect(readView(99, ['A', info, ranges], asked)?.owner).toBe('B')
    expect(readView(201, ['A', info, ranges], asked)?.owner).toBeNull()
  })

  it.each([[[null, info, ranges]], [['A', 'cluster_state:ok', ranges]], [['A', info, 'OK']]])(
    'is nothing where it is not of that form',
    (answers) => {
      expect(readView(1, answers, asked)).toBeNull()
    },
  )
})
