// Live answers on several replicas: what happens at one of them is seen at all, at no further call.
import { expect, it } from 'vitest'
import { nth } from '../support/builders.ts'
import { watch } from '../support/live.ts'
import { createReplicas, waitUntilShared } from '../support/replicas.ts'
import { redisProgram, startRedis } from '../support/redis-server.ts'
import { waitUntil } from '../support/wait-until.ts'

const SECRET = 'a-secret-of-the-test'
const WATCHERS = 500
const LIVE = 'query ($id: ID!) @live { project(id: $id) { name } }'

it.skipIf(redisProgram === null)(
  'a thousand clients at two replicas cost a call of each replica at most for a change in the app, and are given each write, wherever it was made',
  async () => {
    await using redis = await startRedis()
    await using replicas = await createReplicas({
      count: 2,
      redisUrl: redis.url,
      // Aurora is settled at once: no answer is looked at again.
      config: { webhooks: { keys: [SECRET], ofTenants: [], keyHeader: 'x-webhook-key', settleMs: 0 } },
    })
    await waitUntilShared(replicas)
    const { simulator, gateways } = replicas
    const project = nth(simulator.data.projects, 0)
    const clients = (
      await Promise.all(
        gateways.map((gateway) =>
          Promise.all(
            Array.from({ length: WATCHERS }, () => watch(gateway, LIVE, { variables: { id: project.id } })),
          ),
        ),
      )
    ).flat()
    const untilAllShow = (name: string): Promise<void> =>
      waitUntil(async () =>
        clients.every(
          ({ got }) => JSON.stringify(got.at(-1)?.data) === JSON.stringify({ project: { name } }),
        ),
      )
    await untilAllShow(project.name)
    const counted = simulator.calls.length

    simulator.data.changes.project.change(project.id, { name: 'In the app' })
    await nth(gateways, 0).gateway.receiveWebhook({
      tenant: null,
      event: 'project_changed',
      query: new URLSearchParams({ PROJECT_ID: project.id }),
      fields: new Headers({ 'x-webhook-key': SECRET }),
      method: 'GET',
    })
    await untilAllShow('In the app')
    // Mostly one call for both; on a busy machine the second replica may ask before it has the answer of the first.
    const calls = simulator.calls.slice(counted).map(({ method }) => method)
    expect(['GET', 'GET GET']).toContain(calls.join(' '))

    await nth(gateways, 1).ask(
      `mutation { updateProject(id: "${project.id}", input: { name: "Written" }) { errors { code } } }`,
    )
    await untilAllShow('Written')
    for (const { stream, isComplete } of clients) {
      expect(isComplete()).toBe(false)
      stream.stop()
    }
  },
)
