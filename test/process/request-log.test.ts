// The log lines and the trace of one request, as the whole program writes them: they all carry the client's own id.
import { afterEach, expect, it } from 'vitest'
import { createSimulator, DEFAULT_TENANT_ID, DEFAULT_TOKEN } from '../../src/simulator/simulator.ts'
import { openCollector } from '../support/collector.ts'
import { endPrograms, startProgram } from '../support/program.ts'

afterEach(endPrograms)

type Line = Readonly<Record<string, unknown>>

const linesOf = (stdout: string): Line[] =>
  stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line)

it("the client's X-Request-Id is in the line of its request, in the line of a failed attempt and in the trace", async () => {
  await using simulator = createSimulator()
  const { url: auroraUrl } = await simulator.listen()
  await using collector = await openCollector()
  const { child, stdout, listening, exited } = startProgram({
    NODE_ENV: 'production',
    AURORA_BASE_URL: auroraUrl,
    AURORA_TENANT_ID: DEFAULT_TENANT_ID,
    AURORA_API_TOKEN: DEFAULT_TOKEN,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector.url.href,
  })
  const url = await listening
  const ask = async (requestId: string): Promise<void> => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': requestId },
      body: JSON.stringify({ query: 'query Screen { projects(first: 2) { nodes { name } } }' }),
    })
    expect(response.headers.get('x-request-id')).toBe(requestId)
    await response.text()
  }
  simulator.faults.set('/projects', 'not-json')
  await ask('unlucky')
  simulator.faults.clear()
  await ask('lucky')
  child.kill('SIGTERM')
  expect(await exited).toBe(0)

  const lines = linesOf(stdout())
  const ofRequest = (requestId: string) => lines.filter((line) => line['requestId'] === requestId)
  expect(ofRequest('unlucky')).toContainEqual(
    expect.objectContaining({ operation: 'listProjects', code: 'UPSTREAM_INVALID' }),
  )
  expect(ofRequest('lucky')).toEqual([
    expect.objectContaining({
      msg: 'request',
      operationType: 'query',
      operationName: 'Screen',
      calls: 1,
      saved: 0,
      queuedMs: expect.any(Number) as number,
    }),
  ])
  const tracedIds = collector.spans().map(({ attributes }) => attributes['aurora_gateway.request_id'])
  expect(tracedIds.filter((id) => id !== undefined)).toEqual(['unlucky', 'lucky'])
})
