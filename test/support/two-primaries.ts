// Two gateways, the late one of which stays at the old primary of Redis when another server has taken over.
import { expect } from 'vitest'
import { nth } from './builders.ts'
import { askAnew, isMarked, openPool, project, rename } from './redis-load.ts'
import { createReplicas } from './replicas.ts'
import type { Replicas } from './replicas.ts'
import type { TestGateway } from './test-gateway.ts'
import { waitUntil } from './wait-until.ts'

export interface LateAndEarly extends AsyncDisposable {
  readonly replicas: Replicas
  readonly late: TestGateway
  readonly early: TestGateway
}

const LIMIT = 90

/** Both have the whole limit. The late one reaches Redis by an address of its own, which the test can close. */
export async function openLateAndEarly(redisUrl: string, lateUrl: string): Promise<LateAndEarly> {
  const windowMs = 60_000
  const replicas = await createReplicas({
    count: 0,
    redisUrl,
    simulator: { limit: LIMIT, windowMs },
    config: { rateLimit: LIMIT, rateWindowMs: windowMs },
  })
  await openPool({ redisUrl }, replicas)
  const late = await replicas.add(lateUrl)
  const early = await replicas.add()
  const { id } = nth(replicas.simulator.data.projects, 0)
  await waitUntil(async () => {
    const answers = [await early.ask(project(id)), await late.ask(project(id))]
    return answers.every(({ extensions }) => extensions.upstream.limit === LIMIT)
  })
  return { replicas, late, early, [Symbol.asyncDispose]: () => replicas[Symbol.asyncDispose]() }
}

/** At two primaries, neither shows unmarked what the other has changed, and both together keep the limit. */
export async function expectMarksAndLimit({ replicas, late, early }: LateAndEarly): Promise<void> {
  const { simulator } = replicas
  const { projects } = simulator.data
  const { id } = nth(projects, 0)
  const lapses: string[] = []
  for (const [writer, reader, name] of [
    [late, early, 'by the late one'],
    [early, late, 'by the early one'],
  ] as const) {
    await askAnew(reader, project(id))
    await writer.ask(rename(id, name))
    const read = await reader.ask<{ project: { name: string } }>(project(id))
    if (read.data?.project.name !== name && !isMarked(read)) lapses.push(read.text)
  }
  await Promise.all(
    Array.from({ length: 160 }, (_, index) =>
      nth([early, late], index % 2).ask(project(nth(projects, 10 + index).id)),
    ),
  )
  expect(lapses).toEqual([])
  expect(simulator.worstWindow()).toBeLessThanOrEqual(LIMIT)
  expect(simulator.refusals).toBe(0)
}
