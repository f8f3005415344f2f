// Golden answers and golden upstream calls: what each query gives, and what it spends cold and again.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { DataSet } from '../../src/simulator/data.ts'
import { createTestGateway } from '../support/test-gateway.ts'

const here = new URL('.', import.meta.url)
const names = readdirSync(here).flatMap((file) => file.match(/^(.+)\.graphql$/)?.[1] ?? [])

/** A project that has much beneath it: a team, a profile, and a design with several financings. */
function pickIds(data: DataSet) {
  const designOf = (projectId: string) =>
    data.designsOf(projectId).find(({ financings }) => financings.length > 1)
  const project = data.projects.find(({ id, team_id: team }) => team && data.profile(id) && designOf(id))
  if (!project) throw new Error('the data set has no such project')
  const projectId = project.id
  const designId = designOf(projectId)?.design.id ?? ''
  const userId = data.users[0]?.id ?? ''
  return {
    projectId,
    designId,
    userId,
    nodeIds: [`Project:${projectId}`, `Design:${designId}`, `User:${userId}`],
  }
}

describe('golden queries', () => {
  it.each(names)(
    '%s: the same answer and the same calls as ever, and nothing the second time',
    async (name) => {
      await using gateway = await createTestGateway()
      const query = readFileSync(new URL(`${name}.graphql`, here), 'utf8')
      const ids = pickIds(gateway.simulator.data)

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
