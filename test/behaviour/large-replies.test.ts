// Many reads of large replies at once: those whose replies would find no room in memory are not sent.
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import { expect, it } from 'vitest'
import { listenLocally } from '../support/local-server.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { Answer } from '../support/test-gateway.ts'
import { waitUntil } from '../support/wait-until.ts'

/** As many as are sent before the size of a reply is known. */
const SENT = 128
const MANY = 140
const QUERY = 'query($id: ID!) { design(id: $id) { summary { systemSizeStc } } }'

/** An Aurora that answers when a test calls `answerAll`. */
async function openAurora() {
  const open: { readonly id: string; readonly response: ServerResponse }[] = []
  const server = createServer((request, response) => {
    open.push({ id: /designs\/([^/]+)/.exec(request.url ?? '')?.[1] ?? '', response })
  })
  const answerAll = (): void => {
    for (const { id, response } of open) {
      const design = { id, design_id: id, system_size_stc: 9_700, notes: 'n'.repeat(100_000) }
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ design }))
    }
  }
  return { local: await listenLocally(server), open, answerAll }
}

it('more reads of one operation than its replies have room for are refused with a time, and cost no call', async () => {
  const aurora = await openAurora()
  await using local = aurora.local
  const clock = createManualClock()
  const config = { requestTimeoutMs: 10_000, attemptTimeoutMs: 8_000, maxWaitMs: 0 }
  await using gateway = await createTestGateway({ baseUrl: local.url, clock, config })
  const answers: Answer<unknown>[] = []
  const all = Array.from({ length: MANY }, async (_, at) => {
    const id = `20000000-0000-4000-8000-${String(at).padStart(12, '0')}`
    answers.push(await gateway.ask(QUERY, { id }))
  })
  await waitUntil(() => aurora.open.length === SENT)

  await clock.advance(2_000)
  await waitUntil(() => answers.length === MANY - SENT)

  for (const { data, errors, extensions } of answers) {
    expect(data).toEqual({ design: { summary: null } })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfter: 1 })
    expect(extensions.upstream.calls).toBe(0)
  }
  aurora.answerAll()
  await Promise.all(all)
  expect(aurora.open).toHaveLength(SENT)
  expect(answers.filter(({ errors }) => errors === undefined)).toHaveLength(SENT)
  expect(answers.at(-1)?.extensions.upstream).toMatchObject({
    calls: 1,
    limit: 1_000_000,
    remaining: 1_000_000 - SENT,
  })
})
