// Objects that are shown again from their texts: for whom, until when, and that nothing else changes.
import { describe, expect, it } from 'vitest'
import type { Caller } from '../../src/callers/caller.ts'
import type { Metrics } from '../../src/telemetry/metrics.ts'
import { nth } from '../support/builders.ts'
import { pickVariables, readDocuments } from '../support/documents.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { askByYoga, askPlainly } from '../support/plain-request.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import { COMPANIES, createTwoTenants } from '../support/two-tenants.ts'

const SCREEN =
  '{ projects(first: 3) { nodes { id name owner { email } designs { id name pricing { systemPrice } } } } }'

/** Calls that many objects have saved are reported together, and by nothing else here. */
function watchShown() {
  const seen = { reports: 0 }
  const emit = (name: string, { count }: { count?: number }): void =>
    void (name === 'saved' && count !== undefined && (seen.reports += 1))
  return { seen, metrics: { emit, watch: () => {} } as unknown as Metrics }
}

async function open(config: Parameters<typeof createTestGateway>[0] = {}) {
  const { seen, metrics } = watchShown()
  const gateway = await createTestGateway({
    ...config,
    clock: createManualClock(),
    metrics,
    config: { answersMaxBytes: 0, ...config.config },
  })
  const known = await gateway.gateway.authenticate(new Headers({ host: 'localhost' }))
  if (!known) throw new Error('nobody is served')
  const caller: Caller = { ...known, name: 'test' }
  return {
    gateway,
    /** Whether objects were shown from texts. */
    async ask(query: string) {
      seen.reports = 0
      const text = await askPlainly(gateway.gateway, caller, JSON.stringify({ query }))
      return { text, isShown: seen.reports > 0, calls: gateway.takeCalls() }
    },
    yoga: (query: string) => askByYoga(gateway.gateway, caller, JSON.stringify({ query })),
  }
}

describe('an object is shown from its text', () => {
  it('from the second execution of its document on', async () => {
    const { gateway, ask } = await open()
    await using _gateway = gateway
    const answers = [await ask(SCREEN), await ask(SCREEN), await ask(SCREEN)]
    expect(answers.map(({ isShown }) => isShown)).toEqual([false, true, true])
    expect(answers.map(({ calls }) => calls.length > 0)).toEqual([true, false, false])
    expect(nth(answers, 2).text).toBe(nth(answers, 1).text)
  })

  it('not where a limit of no memory switches it off', async () => {
    const { gateway, ask } = await open({ config: { textsMaxBytes: 0 } })
    await using _gateway = gateway
    for (const _time of [1, 2, 3]) expect((await ask(SCREEN)).isShown).toBe(false)
  })

  it('until a write changes it: then what the write shows is shown, and the others as before', async () => {
    const { gateway, ask, yoga } = await open()
    await using _gateway = gateway
    for (const _time of [1, 2, 3]) await ask(SCREEN)
    const { id } = nth(gateway.simulator.data.projects, 0)
    await yoga(`mutation { updateProject(id: "${id}", input: { name: "Quite new" }) { errors { code } } }`)
    await ask(SCREEN)
    const { text, isShown } = await ask(SCREEN)
    expect(isShown).toBe(true)
    expect(text).toBe(await yoga(SCREEN))
  })
})

it('two companies get nothing of each other, whatever both ask again and again', async () => {
  const { seen, metrics } = watchShown()
  await using two = await createTwoTenants()
  const gateway = await two.open({ answersMaxBytes: 0 }, createManualClock(), metrics)
  const documents = readDocuments().filter(({ query }) => /^(?!mutation)[^#]*\bdesigns\b/m.test(query))
  for (const { query } of documents.slice(0, 6))
    for (const _time of [1, 2, 3])
      for (const company of COMPANIES) {
        const caller = await gateway.authenticate(new Headers({ 'x-api-key': company }))
        if (!caller) throw new Error(`${company} is not served`)
        const body = JSON.stringify({ query, variables: pickVariables(two.dataOf(company)) })
        const bytes = await askPlainly(gateway, { ...caller, name: 'app' }, body)
        expect(two.foreignIn({ status: 200, bytes, etag: null, body: null }, company)).toEqual([])
      }
  expect(seen.reports).toBeGreaterThan(6)
})
