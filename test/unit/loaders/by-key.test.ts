import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../../src/errors/codes.ts'
import { GatewayError } from '../../../src/errors/errors.ts'
import { createByKey } from '../../../src/loaders/by-key.ts'
import type { ByKeySource } from '../../../src/loaders/by-key.ts'
import type { Members } from '../../../src/aurora/body.ts'

/** What each source brings, and the calls that were made for it. */
function open({
  listed = {},
  own = {},
  short = null,
  toEnd = [],
  ...parts
}: {
  listed?: Readonly<Record<string, Members>>
  own?: Readonly<Record<string, Members | Error>> | null
  short?: readonly Members[] | Error | null
  /** What the list has if it is read on. */
  toEnd?: readonly Members[]
} & Partial<ByKeySource>) {
  const calls: string[] = []
  let whole: Promise<readonly Members[]> | undefined
  const readShort = async (): Promise<readonly Members[]> => {
    calls.push('list')
    if (short === null || short instanceof Error) throw short ?? new Error('no list')
    return short
  }
  const readToEnd = async (): Promise<readonly Members[]> => {
    calls.push('end of list')
    return toEnd
  }
  const source: ByKeySource = {
    kind: 'user',
    readListed: (key) => listed[key] ?? null,
    retrieve:
      own &&
      (async (key) => {
        calls.push(`own ${key}`)
        const found = own[key] ?? new GatewayError('NOT_FOUND', key)
        if (found instanceof Error) throw found
        return found
      }),
    ...(short && {
      shortList: {
        carries: ['id', 'name', 'email'],
        first: () => (whole ??= readShort()),
        read: () => (whole ??= readShort()),
        readToEnd,
      },
    }),
    ...parts,
  }
  return { objects: createByKey(source), calls }
}

/** A part that repeats `size`, which only it carries, and `made`, which the own read carries too. */
const repeat = (
  answer: (member: string) => unknown,
  parts: Partial<NonNullable<ByKeySource['repeating']>> = {},
): NonNullable<ByKeySource['repeating']> => ({
  members: ['size', 'made'],
  shared: new Set(['made']),
  hasBegun: () => false,
  read: async (_key, member) => answer(member),
  ...parts,
})

const failed = (code: ErrorCode) => expect.objectContaining({ name: 'GatewayError', code }) as Error

describe('an object is read from the cheapest source', () => {
  it('no read, where a list has shown what is needed', async () => {
    const { objects, calls } = open({ listed: { a: { id: 'a', name: 'A' } }, own: { a: { id: 'a' } } })

    const object = await objects.load('a', ['name'])

    expect(object).toMatchObject({ kind: 'user', key: 'a' })
    expect(object.get('name')).toBe('A')
    expect(calls).toEqual([])
  })

  it('no read for a member that a list has shown to be null', async () => {
    const { objects, calls } = open({ listed: { a: { id: 'a', name: null } }, own: { a: { name: 'A' } } })

    expect((await objects.load('a', ['name'])).get('name')).toBeNull()
    expect(calls).toEqual([])
  })

  it('its own read for a member that the list did not carry, once for all fields', async () => {
    const { objects, calls } = open({
      listed: { a: { id: 'a' } },
      own: { a: { id: 'a', name: 'A', phone: 'P' } },
    })

    const [one, other] = await Promise.all([objects.load('a', ['name']), objects.load('a', ['phone'])])

    expect([one.get('name'), other.get('phone')]).toEqual(['A', 'P'])
    expect(calls).toEqual(['own a'])
  })

  it('one short list for all, where it carries what is needed', async () => {
    const { objects, calls } = open({
      short: [
        { id: 'a', name: 'A' },
        { id: 'b', name: 'B' },
        { id: 'c', name: 'C' },
      ],
    })

    const loaded = await Promise.all(['a', 'b', 'c'].map(async (key) => objects.load(key, ['name'])))

    expect(loaded.map((object) => object.get('name'))).toEqual(['A', 'B', 'C'])
    expect(calls).toEqual(['list'])
  })

  it('its own read, and not the list, for a member that the list never carries', async () => {
    const { objects, calls } = open({ short: [{ id: 'a', name: 'A' }], own: { a: { id: 'a', phone: 'P' } } })

    expect((await objects.load('a', ['name', 'phone'])).get('phone')).toBe('P')
    expect(calls).toEqual(['own a'])
  })

  it('its own read where the list never carries the member, or did not this time', async () => {
    const { objects, calls } = open({
      short: [{ id: 'a', name: 'A' }, { id: 'b' }],
      own: { b: { id: 'b', name: 'B' }, c: { id: 'c', name: 'C' } },
    })

    const loaded = await Promise.all(['a', 'b', 'c'].map(async (key) => objects.load(key, ['name'])))

    expect(loaded.map((object) => object.get('name'))).toEqual(['A', 'B', 'C'])
    expect(calls).toEqual(['list', 'own b', 'own c'])
  })

  it('its own read, where only its existence is needed and no list has shown it', async () => {
    const { objects, calls } = open({ own: { a: { id: 'a' } } })

    await objects.load('a', [])
    await expect(objects.load('b', [])).rejects.toThrow(failed('NOT_FOUND'))

    expect(calls).toEqual(['own a', 'own b'])
  })

  it('its own read adds to what a list has shown, because it may carry less', async () => {
    const { objects, calls } = open({
      listed: { a: { id: 'a', size: 5, name: 'old' } },
      own: { a: { id: 'a', name: 'new', phone: 'P' } },
      repeating: repeat(() => calls.push('part')),
    })

    const object = await objects.load('a', ['phone', 'size'])

    expect([object.get('phone'), object.get('size'), object.get('name')]).toEqual(['P', 5, 'new'])
    expect(calls).toEqual(['own a'])
  })
})

describe('an object that is only referred to', () => {
  it('costs nothing until an unknown member is read', async () => {
    const { objects, calls } = open({ own: { a: { id: 'a', name: 'A' } } })
    const object = objects.refer('a', { id: 'a', email: 'E' })

    expect([object.key, object.get('email')]).toEqual(['a', 'E'])
    expect(calls).toEqual([])
    expect(await object.get('name')).toBe('A')
    expect(calls).toEqual(['own a'])
  })

  it('is read once for all its members, also through another reference', async () => {
    const { objects, calls } = open({ own: { a: { id: 'a', name: 'A', phone: null } } })

    const values = [objects.refer('a'), objects.refer('a')].flatMap((object) => [
      object.get('name'),
      object.get('phone'),
      object.get('fax'),
    ])

    expect(await Promise.all(values)).toEqual(['A', null, undefined, 'A', null, undefined])
    expect(calls).toEqual(['own a'])
  })

  it.each<[what: string, first: string[], calls: string[], value: unknown]>([
    ['that only a part repeats costs the part alone', [], ['part size'], 7],
    ['that only a part repeats costs the part after its own read', ['name'], ['own a', 'part size'], 7],
  ])('a member %s', async (_what, first, spent, value) => {
    const { objects, calls } = open({
      own: { a: { id: 'a', name: 'A' } },
      repeating: repeat((member) => calls.push(`part ${member}`) && 7),
    })
    const object = objects.refer('a')
    for (const member of first) await object.get(member)

    expect(await object.get('size')).toBe(value)
    expect(calls).toEqual(spent)
  })

  it('is read once, whatever the order of the fields, where a part repeats only some of the members', async () => {
    const { objects, calls } = open({
      own: { a: { id: 'a', name: 'A', size: 5 } },
      repeating: repeat((member) => calls.push(`part ${member}`)),
    })
    const object = objects.refer('a')

    expect(await Promise.all([object.get('size'), object.get('name')])).toEqual([5, 'A'])
    expect(calls).toEqual(['own a'])
  })

  it.each<[what: string, member: string, answer: unknown, calls: string[], value: unknown]>([
    ['a part that is read anyway', 'made', 'noon', ['part made'], 'noon'],
    ['a part that is read anyway, also where it says null', 'made', null, ['part made'], null],
    ['its own read where that part lacks it', 'made', undefined, ['part made', 'own a'], 'dawn'],
    [
      'its own read where that part fails',
      'made',
      new GatewayError('UPSTREAM_ERROR', 'x'),
      ['part made', 'own a'],
      'dawn',
    ],
    ['its own read where the part lacks what it alone repeats', 'size', undefined, ['part size', 'own a'], 5],
    [
      'its own read where the key may not see the part',
      'size',
      new GatewayError('FORBIDDEN', 'x'),
      ['part size', 'own a'],
      5,
    ],
    [
      'the part, also where it says null, if its own read does not carry it',
      'size',
      null,
      ['part size'],
      null,
    ],
  ])('a member of it comes from %s', async (...[, member, answer, spent, value]) => {
    const { objects, calls } = open({
      own: { a: { id: 'a', made: 'dawn', size: 5 } },
      repeating: repeat(
        (name) => {
          calls.push(`part ${name}`)
          if (answer instanceof Error) throw answer
          return answer
        },
        { hasBegun: () => true },
      ),
    })

    expect(await objects.refer('a').get(member)).toBe(value)
    expect(calls).toEqual(spent)
  })

  it('reports the failure of the part where its own read does not bring the member', async () => {
    const { objects } = open({
      own: { a: { id: 'a' } },
      repeating: repeat(() => {
        throw new GatewayError('FORBIDDEN', 'x')
      }),
    })

    await expect(objects.refer('a').get('size')).rejects.toThrow(failed('FORBIDDEN'))
  })

  it('does not treat what every JavaScript object inherits as members', async () => {
    const { objects } = open({ own: { a: { id: 'a' } } })

    expect(await objects.refer('a').get('toString')).toBeUndefined()
    expect(await objects.refer('a').get('constructor')).toBeUndefined()
  })

  it('rejects with the error of its read', async () => {
    const { objects } = open({ own: { a: new GatewayError('FORBIDDEN', 'a') } })

    await expect(objects.refer('a').get('name')).rejects.toThrow(failed('FORBIDDEN'))
  })
})

describe('failures', () => {
  it('of one key do not affect other keys', async () => {
    const { objects } = open({
      own: { a: { id: 'a', name: 'A' }, b: new GatewayError('UPSTREAM_ERROR', 'b'), d: new TypeError('bug') },
    })

    const outcomes = await Promise.allSettled(
      ['a', 'b', 'c', 'd'].map(async (key) => objects.load(key, ['name'])),
    )

    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected'])
    expect(outcomes[1]).toMatchObject({ reason: { code: 'UPSTREAM_ERROR' } })
    expect(outcomes[2]).toMatchObject({ reason: { code: 'NOT_FOUND' } })
    expect(outcomes[3]).toMatchObject({ reason: expect.any(TypeError) as TypeError })
  })

  it('of a key cost one call in one request', async () => {
    const { objects, calls } = open({ own: { a: new GatewayError('FORBIDDEN', 'a') } })

    await expect(objects.load('a', [])).rejects.toThrow(failed('FORBIDDEN'))
    await expect(objects.load('a', ['name'])).rejects.toThrow(failed('FORBIDDEN'))

    expect(calls).toEqual(['own a'])
  })

  it('of a list that is forbidden lead to single reads', async () => {
    const { objects, calls } = open({
      short: new GatewayError('FORBIDDEN', 'list'),
      own: { a: { id: 'a', name: 'A' }, b: { id: 'b', name: 'B' } },
    })

    const loaded = await Promise.all(['a', 'b'].map(async (key) => objects.load(key, ['name'])))

    expect(loaded.map((object) => object.get('name'))).toEqual(['A', 'B'])
    expect(calls).toEqual(['list', 'own a', 'own b'])
  })

  it.each<ErrorCode>([
    'RATE_LIMITED',
    'UPSTREAM_TIMEOUT',
    'UPSTREAM_ERROR',
    'UNAUTHORIZED',
    'UPSTREAM_INVALID',
  ])('of a list by %s are not followed by a call for each', async (code) => {
    const { objects, calls } = open({ short: new GatewayError(code, 'list'), own: { a: { id: 'a' } } })

    await expect(objects.load('a', ['name'])).rejects.toThrow(failed(code))
    expect(calls).toEqual(['list'])
  })
})

describe('a kind that Aurora has no single read for', () => {
  it('is found in its list', async () => {
    const { objects, calls } = open({ own: null, short: [{ id: 'a', name: 'A' }] })

    expect((await objects.load('a', ['name'])).get('name')).toBe('A')
    expect(calls).toEqual(['list'])
  })

  it('that is not in its list does not exist', async () => {
    const { objects, calls } = open({ own: null, short: [{ id: 'a', name: 'A' }] })

    await expect(objects.load('b', ['name'])).rejects.toThrow(failed('NOT_FOUND'))
    expect(calls).toEqual(['list', 'end of list'])
  })

  it('that is behind what seemed to be the end of its list is found', async () => {
    const toEnd = [
      { id: 'a', name: 'A' },
      { id: 'b', name: 'B' },
    ]
    const { objects, calls } = open({ own: null, short: toEnd.slice(0, 1), toEnd })

    expect((await objects.load('b', ['name'])).get('name')).toBe('B')
    expect(calls).toEqual(['list', 'end of list'])
  })

  it('whose list may not be read is forbidden, not missing', async () => {
    const { objects } = open({ own: null, short: new GatewayError('FORBIDDEN', 'list') })

    await expect(objects.load('a', ['name'])).rejects.toThrow(failed('FORBIDDEN'))
  })

  it('has no value, and no error, for a member that its list does not carry', async () => {
    const { objects, calls } = open({ own: null, short: [{ id: 'a' }] })

    const loaded = await objects.load('a', ['name'])
    const shown = objects.refer('a', { id: 'a' })

    expect(await loaded.get('name')).toBeUndefined()
    expect(await shown.get('name')).toBeUndefined()
    expect(calls).toEqual(['list'])
  })

  it('is looked up in its list where only a reference is known', async () => {
    const { objects } = open({ own: null, short: [{ id: 'a', name: 'A' }] })

    expect(await objects.refer('a').get('name')).toBe('A')
  })
})
