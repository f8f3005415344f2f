// `CACHE_FILE`: the next process does not need to read again what one process has read.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createSimulator, DEFAULT_TENANT_ID, DEFAULT_TOKEN } from '../../src/simulator/simulator.ts'
import { listenLocally } from '../support/local-server.ts'
import { createTestGateway } from '../support/test-gateway.ts'

const QUERY = '{ projects(first: 3) { nodes { name designs { name } } } users { firstName } }'

it('a gateway that starts again answers from the cache of the last one, without a call', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cache-file-'))
  const cacheFile = join(folder, 'cache')
  const aurora = createSimulator({ limit: 1_000_000 })
  const { url } = await aurora.listen()
  const askAnew = async (config = { cacheFile }) => {
    await using gateway = await createTestGateway({ baseUrl: url, config })
    const answer = await gateway.ask(QUERY)
    return { ...answer, logged: gateway.logged }
  }
  try {
    const first = await askAnew()
    const second = await askAnew()

    expect(first.errors).toBeUndefined()
    expect(first.extensions.upstream.calls).toBe(5)
    expect(second.data).toEqual(first.data)
    expect(second.extensions.upstream).toMatchObject({ calls: 0, saved: { cache: 5, stale: 0 } })
    expect(second.logged).toEqual([])
    expect(readFileSync(cacheFile, 'utf8')).not.toContain(DEFAULT_TOKEN)
    expect(readFileSync(cacheFile, 'utf8').split('\n')[0]).not.toContain(DEFAULT_TENANT_ID)
  } finally {
    await aurora.close()
    rmSync(folder, { recursive: true })
  }
})

it('a reply that is nested 8,000 deep is served, and the cache file has it as well as the others', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cache-file-'))
  const cacheFile = join(folder, 'cache')
  const deep = `${'{"in":'.repeat(8000)}1${'}'.repeat(8000)}`
  const calls: string[] = []
  const aurora = createServer(({ url = '' }, response) => {
    calls.push(url)
    const id = url.split('/').at(-1)
    response.setHeader('content-type', 'application/json')
    response.end(`{"project":{"id":"${id}","name":"${id}"${id === 'odd' ? `,"more":${deep}` : ''}}}`)
  })
  await using local = await listenLocally(aurora)
  const askAnew = async (ids: readonly string[]) => {
    await using gateway = await createTestGateway({ baseUrl: local.url, config: { cacheFile } })
    const names: unknown[] = []
    for (const id of ids)
      names.push((await gateway.ask(`{ project(id: "${id}") { name } }`)).data?.['project'])
    return { names, spent: calls.splice(0).length, gateway }
  }
  try {
    const first = await askAnew(['even', 'odd', 'other'])
    const second = await askAnew(['even', 'other', 'odd'])

    expect(first.names).toEqual([{ name: 'even' }, { name: 'odd' }, { name: 'other' }])
    expect([first.spent, second.spent]).toEqual([3, 0])
    expect(second.names).toEqual([{ name: 'even' }, { name: 'other' }, { name: 'odd' }])
    expect(first.gateway.logged.filter((line) => line.includes('without some answers'))).toHaveLength(0)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
