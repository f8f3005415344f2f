import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { seedOf } from '../support/examples.ts'

describe('examples', () => {
  const drawn: string[] = []
  const titles = ['one test', 'another test', 'a third test']

  it.each(titles)('are drawn by %s', () => {
    const examples = fc.sample(fc.string(), 10)
    expect(examples).toHaveLength(10)
    drawn.push(JSON.stringify(examples))
  })

  // Whatever the order of the tests is, and however many of them were asked for.
  afterAll(() => expect(new Set(drawn).size, 'tests with examples of their own').toBe(drawn.length))

  it('are the same for the same test of a run with the same seed, and for no other', () => {
    const seeds = ['7 a', '7 b', '8 a'].map((names) => {
      const [run = '', test = ''] = names.split(' ')
      return [seedOf(run, test), seedOf(run, test)]
    })

    for (const [first, again] of seeds) expect(again).toBe(first)
    expect(new Set(seeds.flat()).size).toBe(3)
  })
})
