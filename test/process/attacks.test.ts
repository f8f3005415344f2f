// Attacks on the whole program with a heap of 256 MB: it stays alive, others are answered meanwhile, and its memory stays bounded.
import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { ATTACKED_ENV, ATTACKS, HONEST_KEY, LARGE_QUERY, openAttack } from '../support/attacks.ts'
import type { Opened } from '../support/attacks.ts'
import { endPrograms, startProgram } from '../support/program.ts'

/** What the program may take at the most, beside its heap: code, buffers of the sockets, answers that are not taken. */
const MAX_RSS_MB = 600
/** Files and sockets that it has open when nobody is connected, and some more. */
const MAX_OPEN_AT_REST = 100
const again = { interval: 200 }
let opened: Opened | null = null

afterEach(() => {
  opened?.end()
  endPrograms()
})

async function start() {
  const program = startProgram(ATTACKED_ENV)
  const url = await program.listening
  const ask = (path: string, query?: string): Promise<Response> =>
    fetch(url + path, {
      ...(query !== undefined && { method: 'POST', body: JSON.stringify({ query }) }),
      // Idle connections are closed in a flood, perhaps just when a client sends its next request on one.
      headers: { 'content-type': 'application/json', 'x-api-key': HONEST_KEY, connection: 'close' },
    })
  return { program, port: Number(new URL(url).port), ask }
}

describe('the program with a heap of 256 MB', () => {
  it.runIf(process.platform === 'linux')(
    'S17 survives each attack, serves a caller who asks again during it, and needs no more memory for a second one',
    async () => {
      const { program, port, ask } = await start()
      const rssMb = (): number =>
        Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${program.child.pid}/status`, 'utf8'))?.[1]) / 1024
      expect((await ask('/graphql', LARGE_QUERY)).status).toBe(200)
      expect((await ask('/graphql', '{ tenant { name } }')).status).toBe(200)
      const openFiles = (): number => readdirSync(`/proc/${program.child.pid}/fd`).length
      const peaks: Record<string, number> = {}
      // The worst one comes twice: what the first has taken is used again. V8 need not give it back to the system.
      for (const attack of [...ATTACKS, ...ATTACKS.slice(4, 5)]) {
        const { name } = attack
        opened = openAttack(attack, { port })
        for (let round = 0; round < 3; round += 1) {
          const statusOf = (path: string, query?: string) => async () => {
            const answer = await ask(path, query).catch(() => null)
            const isWhole = answer?.status === 200 && (await answer.text()).includes(query ? '"tenant"' : '')
            return [name, path, isWhole]
          }
          // A slow machine may close a connection that it could not read for seconds, or ask its client to come again.
          await expect
            .poll(statusOf('/graphql', '{ tenant { name } }'), again)
            .toEqual([name, '/graphql', true])
          for (const path of ['/health', '/ready'])
            await expect.poll(statusOf(path), again).toEqual([name, path, true])
          peaks[name] = Math.max(peaks[name] ?? 0, rssMb())
        }
        opened.end()
        // The next attack begins when the program has noticed the end of this one: both together are more than it accepts.
        await expect.poll(openFiles, { interval: 100 }).toBeLessThan(MAX_OPEN_AT_REST)
      }
      expect(program.child.exitCode).toBeNull()
      for (const [name, peak] of Object.entries(peaks))
        expect([name, peak < MAX_RSS_MB, peak]).toEqual([name, true, peak])
    },
    180_000,
  )
})
