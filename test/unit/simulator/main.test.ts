// The simulator as a process of its own.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'

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

  it('reports which option it does not understand', async () => {
    const child = start('--limit', 'many')
    const chunks: string[] = []
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk))
    expect(await once(child, 'close')).toEqual([1, null])
    expect(chunks.join('')).toContain('--limit must be a whole number from 1, not "many"')
  })
})
