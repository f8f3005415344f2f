// Sends one body again and again, over so many connections, and reports what came of it: by wrk where there is one, else
// by a loop over undici in this process, which is slower than the fastest servers.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pool } from 'undici'
import { quantile } from '../figures.ts'
import { NUMBER_MARK } from './dialects.ts'
import { LOAD_CORE, onCore } from './processes.ts'

export interface Load {
  readonly url: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly clients: number
  readonly seconds: number
}

export interface LoadResult {
  readonly requests: number
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly failed: number
}

const hasWrk = spawnSync('wrk', ['--version']).error === undefined
export const loadGenerator = hasWrk ? 'wrk' : 'undici in one process'

export const sendLoad = (load: Load): Promise<LoadResult> => (hasWrk ? sendByWrk(load) : sendByUndici(load))

async function sendByWrk({ url, body, headers, clients, seconds }: Load): Promise<LoadResult> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const bodyFile = join(folder, 'body.json')
  writeFileSync(bodyFile, body)
  const script = join(import.meta.dirname, 'wrk-post.lua')
  const words = ['wrk', '-t1', `-c${clients}`, `-d${seconds}s`, '--timeout', '15s', '-s', script, url]
  const [program = '', ...rest] = onCore(LOAD_CORE, words)
  const { PATH = '' } = process.env
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const child = spawn(program, rest, {
    env: { PATH, BODY_FILE: bodyFile, HEADERS: lines.join('\n') },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  child.stdout.on('data', (chunk) => (printed += String(chunk)))
  await new Promise((resolve) => child.on('close', resolve))
  rmSync(folder, { recursive: true })
  const result = /RESULT (\{.*\})/.exec(printed)?.[1]
  if (!result) throw new Error(`wrk printed no result: ${printed}`)
  return JSON.parse(result) as LoadResult
}

async function sendByUndici({ url, body, headers, clients, seconds }: Load): Promise<LoadResult> {
  const { origin, pathname } = new URL(url)
  const pool = new Pool(origin, { connections: clients })
  const times: number[] = []
  let failed = 0
  let number = Date.now() * 1000
  const startMs = performance.now()
  const sendOne = async (): Promise<void> => {
    const sentAtMs = performance.now()
    number += 1
    const answer = await pool.request({
      path: pathname,
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      body: body.replaceAll(NUMBER_MARK, String(number)),
    })
    await answer.body.dump({ limit: Number.MAX_SAFE_INTEGER })
    if (answer.statusCode !== 200) failed += 1
    times.push(performance.now() - sentAtMs)
  }
  const client = async (): Promise<void> => {
    while (performance.now() - startMs < seconds * 1000) await sendOne().catch(() => (failed += 1))
  }
  await Promise.all(Array.from({ length: clients }, client))
  await pool.close()
  return {
    requests: times.length,
    seconds: (performance.now() - startMs) / 1000,
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
    failed,
  }
}
