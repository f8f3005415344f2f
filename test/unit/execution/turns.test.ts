// Long work in turns: the answer is that of an execution without turns, objects begin in their order, and others have turns between.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { buildSchema, parse } from 'graphql'
import type { ExecutionResult } from 'graphql'
import { describe, expect, it } from 'vitest'
import { createExecute } from '../../../src/execution/execute.ts'
import { createPace, FIRST_TURN_UNITS } from '../../../src/turns/pace.ts'
import type { Pace } from '../../../src/turns/pace.ts'

const schema = buildSchema(`
  type Query { list: [Item!], maybe: [Item], one: Item, matrix: [[Item]] }
  type Item { index: Int!, inner: Item, failing: Int! }
`)
const execute = createExecute(schema)

const items = (length: number, seen: number[] = []): object[] =>
  Array.from({ length }, (_, index) => ({
    index: () => {
      seen.push(index)
      return index
    },
    inner: { index },
    failing: index === 700 ? null : index,
  }))

async function run(
  text: string,
  rootValue: object,
  pace: Pace | null,
): Promise<{ result: ExecutionResult | null; turns: number }> {
  const executed = Promise.resolve(execute({ document: parse(text), rootValue, pace }))
  let turns = 0
  while ((await Promise.race([executed, nextTurn('others')])) === ('others' as never)) turns += 1
  return { result: await executed, turns }
}

const TEXT = '{ list { index inner { index } } }'

describe('a long list', () => {
  it('is executed in several turns, in its order, with the same answer', async () => {
    const seen: number[] = []
    const inTurns = await run(TEXT, { list: items(1000, seen) }, createPace())
    const atOnce = await run(TEXT, { list: items(1000) }, null)
    expect(inTurns.turns).toBeGreaterThan(5)
    expect(seen).toEqual([...seen].sort((one, other) => one - other))
    expect(JSON.stringify(inTurns.result)).toBe(JSON.stringify(atOnce.result))
  })

  it('is executed in one where it is short, or where it is empty and a turn is used up', async () => {
    const short = await run(TEXT, { list: items(20) }, createPace())
    const used = createPace()
    used.take(FIRST_TURN_UNITS)
    void used.wait(1)
    const empty = await run(TEXT, { list: [] }, used)
    expect([short.turns, empty.turns]).toEqual([0, 0])
  })

  it('is gathered in turns, too, where its items stand for others', async () => {
    const aliases = Array.from({ length: 20 }, (_, index) => `a${index}: list { index }`)
    let turn = 0
    const perTurn: number[] = []
    const gather = <Item>(list: readonly Item[]): readonly Item[] => {
      perTurn[turn] = (perTurn[turn] ?? 0) + list.length
      return list.slice(0, 1)
    }
    const pace = createPace({ inTurn: (work) => (work(), (turn += 1), () => {}) })
    const document = parse(`{ ${aliases.join(' ')} }`)
    const { data } = (await execute({ document, rootValue: { list: items(1000) }, pace, gather })) ?? {}
    expect(Object.values(data ?? {})).toEqual(aliases.map(() => [{ index: 0 }]))
    expect(perTurn.reduce((sum, count) => sum + count, 0)).toBe(20_000)
    // Five items are gathered in the time of a unit.
    expect(Math.max(...perTurn.map((count) => count || 0))).toBeLessThanOrEqual(5 * FIRST_TURN_UNITS)
  })

  it('fails as a whole at an item that may not be null, and none of its later items begins', async () => {
    const seen: number[] = []
    const { result } = await run('{ list { index failing } }', { list: items(2000, seen) }, createPace())
    expect(result).toMatchObject({ data: { list: null }, errors: [{ path: ['list', 700, 'failing'] }] })
    expect(Math.max(...seen)).toBeLessThan(1000)
  })

  it('may contain promises: one that fails before its turn comes fails alone', async () => {
    const list = items(1000).map((item, index) =>
      index === 999 ? Promise.reject(new Error('early')) : Promise.resolve(item),
    )
    const { result } = await run('{ maybe { index inner { index } } }', { maybe: list }, createPace())
    expect(result?.errors).toMatchObject([{ message: 'early', path: ['maybe', 999] }])
    expect(result?.data?.['maybe']).toHaveLength(1000)
  })

  it('never begins after the end of its request', async () => {
    const seen: number[] = []
    const pace = createPace()
    void execute({ document: parse(TEXT), rootValue: { list: items(1000, seen) }, pace })
    await nextTurn()
    const begun = seen.length
    pace.end()
    await nextTurn()
    await nextTurn()
    expect(seen.length).toBe(begun)
    expect(begun).toBeLessThan(1000)
  })
})

it('an error in the work of a turn fails the list, and not the process', async () => {
  let reads = 0
  const odd = new Proxy(
    {},
    {
      get: (_target, name) => {
        // It is read once before its turn.
        if (name === 'then' && (reads += 1) > 1) throw new Error('unreadable')
        return undefined
      },
    },
  )
  const { result } = await run(
    '{ maybe { index } one { index } }',
    {
      maybe: [...items(999), odd],
      one: { index: 1 },
    },
    createPace(),
  )
  expect(reads).toBe(2)
  expect(result).toMatchObject({
    data: { maybe: null, one: { index: 1 } },
    errors: [{ message: 'unreadable', path: ['maybe'] }],
  })
})

it('an object that was awaited has its turn, too', async () => {
  const seen: number[] = []
  const [one] = items(1, seen)
  const pace = createPace()
  pace.take(FIRST_TURN_UNITS)
  void pace.wait(1)
  const executed = execute({
    document: parse('{ one { index } }'),
    rootValue: { one: Promise.resolve(one) },
    pace,
  })
  for (let round = 0; round < 20; round += 1) await Promise.resolve()
  expect(seen).toEqual([])
  expect(JSON.stringify(await executed)).toBe('{"data":{"one":{"index":0}}}')
})
