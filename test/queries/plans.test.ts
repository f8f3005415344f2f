// The plan of each golden query against what it then spends: cold, with lists learned, and warm.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { pickVariables } from '../support/documents.ts'
import { askWith, explain } from '../support/explain.ts'
import { createTestGateway } from '../support/test-gateway.ts'

const here = new URL('.', import.meta.url)
const names = readdirSync(here).flatMap((file) => file.match(/^(.+)\.graphql$/)?.[1] ?? [])
const read = (name: string): string => readFileSync(new URL(`${name}.graphql`, here), 'utf8')

/** Nothing that is kept is taken, so that every call is made anew, as with an empty cache. */
const ANEW = { 'cache-control': 'no-cache' }

describe('plans of the golden queries', () => {
  it.each(names)(
    '%s: never under or over what it spends cold, and exact without unknown lists',
    async (name) => {
      await using gateway = await createTestGateway()
      const variables = pickVariables(gateway.simulator.data)
      const { calls } = await explain(gateway, read(name), variables)
      expect(gateway.takeCalls()).toEqual([])
      const spent = (await gateway.ask(read(name), variables)).extensions.upstream.calls
      expect(calls.min).toBeLessThanOrEqual(spent)
      expect(calls.max).toBeGreaterThanOrEqual(spent)
      if (calls.min === calls.max) expect(calls.expected).toBe(spent)
    },
  )

  it.each(names)('%s: exact once its answers have been seen, and 0 while they are kept', async (name) => {
    await using gateway = await createTestGateway()
    const variables = pickVariables(gateway.simulator.data)
    const spent = (await gateway.ask(read(name), variables)).extensions.upstream.calls
    expect((await explain(gateway, read(name), variables)).calls).toEqual({ min: 0, expected: 0, max: 0 })

    const anew = await askWith(gateway, { query: read(name), variables }, ANEW)
    expect(anew.extensions.upstream.calls).toBe(spent)
    const emptied = await explain(gateway, read(name), variables, ANEW)
    expect(emptied.calls.expected).toBe(spent)
    expect(emptied.calls.min).toBeLessThanOrEqual(spent)
    expect(emptied.calls.max).toBeGreaterThanOrEqual(spent)
    const sum = emptied.steps.reduce((total, { calls }) => total + calls.expected, 0)
    expect(sum).toBe(spent)
  })
})
