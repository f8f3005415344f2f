// A gateway that counts on after a restart, for tests of the whole program: its settings, its folders and its questions.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CountingAurora } from './counting-aurora.ts'
import type { Env, Program } from './program.ts'

export const LIMIT = 20
/** One slot is kept for writes. */
export const READS = LIMIT - 1
/** So long that the whole test is within one window, however slow the machine is. */
const LONG_MS = 600_000
export const TOKEN = 'sk_prod_canary_of_the_state'

export const folder = mkdtempSync(join(tmpdir(), 'restart-'))
export const removeFolder = (): void => rmSync(folder, { recursive: true })

let asked = 0
let folders = 0

export const newFolder = (): string => join(folder, String((folders += 1)))

export const envOf = (aurora: CountingAurora, env: Env): Env => ({
  AURORA_BASE_URL: aurora.url,
  AURORA_TENANT_ID: 'tenant-1',
  AURORA_API_TOKEN: TOKEN,
  AURORA_RATE_LIMIT: String(LIMIT),
  AURORA_RATE_WINDOW_MS: String(LONG_MS),
  MAX_WAIT_MS: '0',
  ...env,
})

export interface Answer {
  readonly data?: { readonly project: unknown }
  readonly extensions: { readonly upstream: { readonly remaining: number; readonly limit: number } }
}

export async function ask(url: string, headers: Env = {}): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: `{ project(id: "p-${(asked += 1)}") { name } }` }),
  })
  return (await response.json()) as Answer
}

export const askMany = (url: string, count: number): Promise<Answer[]> =>
  Promise.all(Array.from({ length: count }, () => ask(url)))

export async function kill({ child, exited }: Program): Promise<void> {
  child.kill('SIGKILL')
  await exited
}
