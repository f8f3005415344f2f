// The simulator as a process of its own.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'
import { listenLocally } from '../../support/local-server.ts'
import { waitUntil } from '../../support/wait-until.ts'

function start(...options: string[]) {
  const args = ['--import', 'tsx', 'src/simulator/main.ts', ...options]
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
}

describe('the process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'prints how to reach it, answers, and leaves cleanly on %s with a call under way',
    async (signal) => {
      const child = start('--port', '0', '--projects', '3')
      const told: string[] = []
      for await (const line of createInterface({ input: child.stdout })) if (told.push(line) === 3) break
      const [url, tenantId, token] = told.map((line) => line.split(/\s+/).at(-1))
      const ask = (): Promise<Response> =>
        fetch(`${url}/tenants/${tenantId}/projects`, { headers: { authorization: `Bearer ${token}` } })
      expect(((await (await ask()).json()) as { projects: unknown[] }).projects).toHaveLength(3)

      await fetch(`${url}/_simulator/faults`, {
        method: 'PUT',
        body: JSON.stringify([{ path: '/projects', fault: 'hang' }]),
      })
      const hanging = ask().catch((error: unknown) => error)
      child.kill(signal)
      expect(await once(child, 'exit')).toEqual([0, null])
      expect(await hanging).toBeInstanceOf(TypeError)
    },
  )

  it('says what its options are, and which one it does not understand', async () => {
    const run = async (...words: string[]) => {
      const child = start(...words)
      const chunks: string[] = []
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk))
      const [status] = (await once(child, 'close')) as [number]
      return { status, text: chunks.join('') }
    }
    const [help, wrong, unknown] = await Promise.all([
      run('--help'),
      run('--limit', 'many'),
      run('--limits', '9'),
    ])
    expect(help).toMatchObject({
      status: 0,
      text: expect.stringContaining('--webhook-retry-factor') as string,
    })
    expect(wrong).toMatchObject({ status: 1, text: '--limit must be a whole number from 1, not "many"\n' })
    expect(unknown.status).toBe(1)
    expect(unknown.text).toMatch(/^Unknown option '--limits'[^]*--limit 90/)
    expect(unknown.text).not.toMatch(/^\s+at /m)
  })

  it('sends webhooks to the address that it was started with', async () => {
    const received: IncomingMessage[] = []
    const receiver = createServer((request, response) => {
      received.push(request)
      response.writeHead(204).end()
    })
    await using local = await listenLocally(receiver)
    const template = `${local.url}/<EVENT>?id=<LEAD_ID>`
    const header = ['--webhook-header', 'X-Webhook-Key: a secret']
    const child = start('--port', '0', '--projects', '3', '--webhook-url', template, ...header)
    const [line = ''] = (await once(createInterface({ input: child.stdout }), 'line')) as string[]
    const body = JSON.stringify({ event: 'lead_changed', members: { lead_id: 'l1' } })
    await fetch(`${line.split(/\s+/).at(-1)}/_simulator/app`, { method: 'POST', body })
    await waitUntil(() => received.length > 0)
    expect(received[0]?.url).toBe('/lead_changed?id=l1')
    expect(received[0]?.headers['x-webhook-key']).toBe('a secret')
    child.kill()
    await once(child, 'exit')
  })
})
