// Golden answers and golden upstream calls: what each query gives, and what it spends cold and again.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { pickVariables } from '../support/documents.ts'
import { createTestGateway } from '../support/test-gateway.ts'

const here = new URL('.', import.meta.url)
const names = readdirSync(here).flatMap((file) => file.match(/^(.+)\.graphql$/)?.[1] ?? [])

describe('golden queries', () => {
  it.each(names)(
    '%s: the same answer and the same calls as ever, and nothing the second time',
    async (name) => {
      await using gateway = await createTestGateway()
      const query = readFileSync(new URL(`${name}.graphql`, here), 'utf8')
      const ids = pickVariables(gateway.simulator.data)

      const cold = await gateway.ask(query, ids)
      const calls = gateway.takeCalls()
      const again = await gateway.ask(query, ids)

      const { data, errors } = cold
      await expect(`${JSON.stringify({ data, errors }, null, 2)}\n`).toMatchFileSnapshot(`./${name}.json`)
      await expect(`${calls.join('\n')}\n`).toMatchFileSnapshot(`./${name}.calls`)
      expect(gateway.takeCalls()).toEqual([])
      expect({ data: again.data, errors: again.errors }).toEqual({ data, errors })
      expect(cold.extensions.upstream.calls).toBe(calls.reduce((sum, line) => sum + Number.parseInt(line), 0))
    },
  )
})
