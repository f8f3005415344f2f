// The sync of examples/sync.ts over the simulator: what it writes, that it leaves calls to others, and that it goes on after a kill.
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { sync } from '../../examples/sync.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { TestGateway } from '../support/test-gateway.ts'
import { advanceUntil } from '../support/wait-until.ts'
import { createManualDevice } from './open-gateway.ts'

const PROJECTS = 45

async function open() {
  const clock = createManualClock()
  const folder = mkdtempSync(join(tmpdir(), 'sync-'))
  const path = join(folder, 'sold.jsonl')
  const gateway = await createTestGateway({
    clock,
    config: { rateLimit: 30, maxWaitMs: 0 },
    simulator: { projectCount: PROJECTS },
  })
  let underWay = 0
  const send = (async (url: string, init: RequestInit) => {
    underWay += 1
    try {
      return await gateway.handle(new Request(url, init))
    } finally {
      underWay -= 1
    }
  }) as typeof fetch
  return {
    gateway,
    path,
    /** The number of pages that were read. */
    async run(): Promise<number> {
      let pages: number | null = null
      const device = createManualDevice(clock)
      void sync({ url: 'http://gateway.test/graphql', fetch: send, path, device }).then(
        (count) => void (pages = count),
      )
      // Time passes between requests only: it would cut off calls that a busy machine has not answered yet.
      await advanceUntil(clock, 0, async () => {
        if (underWay === 0) await clock.advance(1000)
        return pages !== null
      })
      return pages ?? 0
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true })
    },
  }
}

const idsIn = (path: string): string[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => (line.includes('"id"') ? [(JSON.parse(line) as { readonly id: string }).id] : []))

/** The truth, in any order. */
const soldOf = ({ simulator: { data } }: TestGateway): string[] =>
  data.projects
    .filter(({ id }) => data.designsOf(id).some((design) => JSON.stringify(design).includes('"sold"')))
    .map(({ id }) => `Project:${id}`)
    .sort()

it('writes each project with a sold design once, also if it is killed while it writes', async () => {
  await using opened = await open()
  const { gateway, path, run } = opened
  const pages = await run()
  const whole = readFileSync(path, 'utf8')
  expect(idsIn(path).sort()).toEqual(soldOf(gateway))
  expect(idsIn(path).length).toBeGreaterThan(0)
  // A page of projects, and the designs of each, however often a page was asked for again.
  expect(gateway.takeCalls()).toEqual([
    '1 GET /tenants/{}/projects?page=1&per_page=250',
    '1 GET /tenants/{}/projects?page=2&per_page=250',
    `${PROJECTS} GET /tenants/{}/projects/{}/designs?page=1&per_page=250`,
  ])

  // Killed in the middle of the third page.
  const marks = [...whole.matchAll(/\{"mark".*\n/g)]
  const second = marks[1] ?? expect.fail('no second page')
  writeFileSync(path, whole.slice(0, second.index + second[0].length))
  appendFileSync(path, '{"id":"Project:cut","na')
  expect(await run()).toBe(pages - 2)
  expect(readFileSync(path, 'utf8')).toBe(whole)
  expect(await run()).toBe(0)
})

it('leaves a third of the calls to others', async () => {
  await using opened = await open()
  const { gateway } = opened
  const query = '{ projects(first: 30) { nodes { id designs { id } } } }'
  const headers = { 'content-type': 'application/json', priority: 'u=7, i' }
  const response = await gateway.handle(
    new Request('http://gateway.test/graphql', { method: 'POST', headers, body: JSON.stringify({ query }) }),
  )
  expect(await response.text()).toContain('RATE_LIMITED')
  // Of 30: one for writes, and ten for reads that somebody waits for.
  expect(gateway.takeCalls().map((call) => Number(call.split(' ')[0]))).toEqual([1, 18])
  await gateway.ask(query)
  expect(gateway.takeCalls().map((call) => Number(call.split(' ')[0]))).toEqual([10])
})

it.each([
  ['UNAUTHENTICATED', undefined, 'UNAUTHENTICATED at the request: no key'],
  ['FORBIDDEN', ['projects', 'nodes', 0, 'designs'], 'FORBIDDEN at projects.nodes.0.designs: no key'],
])('ends with the code and the path of %s, which no repeat can change', async (code, path, expected) => {
  await using opened = await open()
  const answer = { data: null, errors: [{ message: 'no key', path, extensions: { code } }] }
  const asked = sync({
    url: 'http://gateway.test/graphql',
    path: opened.path,
    fetch: async () => Response.json(answer),
    device: createManualDevice(createManualClock()),
  })
  await expect(asked).rejects.toThrow(expected)
})

it('changes no file that is not its own', async () => {
  await using opened = await open()
  const { path } = opened
  writeFileSync(path, 'my notes\n')
  const asked = sync({
    url: 'http://gateway.test/graphql',
    path,
    device: createManualDevice(createManualClock()),
  })
  await expect(asked).rejects.toThrow('has no mark')
  expect(readFileSync(path, 'utf8')).toBe('my notes\n')
})
