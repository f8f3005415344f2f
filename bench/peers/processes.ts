// Starts servers on free ports of loopback, each in a process group of its own and on a core of its own where the system
// can do that, reads what they use, and ends them by the id of their group.
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { request } from 'undici'
import { TENANT_ID } from './aurora-data.ts'
import type { Counts } from './aurora.ts'
import type { Peer } from './peers.ts'

export const SERVER_CORE = 0
export const LOAD_CORE = 1
const READY_WITHIN_MS = 30_000
const POLL_MS = 5
const BYTES_PER_PAGE = 4096
const TICKS_PER_SECOND = 100

const groups = new Set<number>()
const folders = new Set<string>()

/** Counted before this process is pinned to one of them. */
export const coreCount = availableParallelism()
export const canPin = coreCount > 1 && spawnSync('taskset', ['-c', String(LOAD_CORE), 'true']).status === 0

export function pinThisProcess(): void {
  if (canPin) spawnSync('taskset', ['-acp', String(LOAD_CORE), String(process.pid)])
}

export const onCore = (core: number, words: readonly string[]): readonly string[] =>
  canPin ? ['taskset', '-c', String(core), ...words] : words

/** Ends every process that was started here; for the end of the program, whatever the end is. */
export function endAll(): void {
  for (const group of groups) endGroup(group)
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
}

function endGroup(group: number): void {
  groups.delete(group)
  try {
    process.kill(-group, 'SIGKILL')
  } catch {
    // It ended by itself.
  }
}

function start(
  words: readonly string[],
  options: { env: Record<string, string>; cwd: string; core: number },
) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  folders.add(folder)
  const log = openSync(join(folder, 'log'), 'w')
  const [program = '', ...rest] = onCore(options.core, words)
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(program, rest, {
    cwd: options.cwd,
    env: { PATH, HOME, ...options.env },
    stdio: ['ignore', 'pipe', log],
    detached: true,
  })
  const { pid } = child
  if (pid === undefined) throw new Error(`${words.join(' ')} cannot be started`)
  groups.add(pid)
  child.on('exit', () => groups.delete(pid))
  return { child, pid, readLog: () => readEnd(join(folder, 'log')) }
}

/** The last words that a process wrote, or nothing where its folder is gone already. */
function readEnd(file: string): string {
  try {
    return readFileSync(file, 'utf8').slice(-2000)
  } catch {
    return ''
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

export interface AuroraSettings {
  readonly latencyMs: number
  readonly limit?: number
  readonly windowMs?: number
}

export interface Aurora {
  readonly url: string
  set(settings: AuroraSettings): Promise<void>
  reset(): Promise<void>
  count(): Promise<Counts>
}

export async function startAurora(): Promise<Aurora> {
  const cwd = join(import.meta.dirname, '../..')
  const words = [process.execPath, '--import', 'tsx', 'bench/peers/aurora.ts']
  const { child, readLog } = start(words, { env: {}, cwd, core: LOAD_CORE })
  const port = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => resolve(/port (\d+)/.exec(String(chunk))?.[1] ?? ''))
    child.on('exit', () => reject(new Error(`the fake Aurora ended: ${readLog()}`)))
  })
  const origin = `http://127.0.0.1:${port}`
  const ask = async (path: string): Promise<Counts> =>
    (await (await request(origin + path)).body.json()) as Counts
  return {
    url: `${origin}/tenants/${TENANT_ID}`,
    set: async ({ latencyMs, limit = 0, windowMs = 60_000 }) => {
      await ask(`/__set?latencyMs=${latencyMs}&limit=${limit}&windowMs=${windowMs}`)
    },
    reset: async () => {
      await ask('/__reset')
    },
    count: () => ask('/__counts'),
  }
}

export interface Usage {
  readonly cpuMs: number
  readonly rssMb: number
}

export interface RunningPeer {
  readonly url: string
  readonly readyMs: number
  /** Of all processes of the peer; null where the system has no /proc. */
  readUsage(): Usage | null
  /** SIGTERM lets it write what it writes at its end. */
  stop(signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>
}

/** Null where the peer cannot run on this machine. */
export async function startPeer(peer: Peer, auroraUrl: string, root: string): Promise<RunningPeer | null> {
  const port = await findFreePort()
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  folders.add(folder)
  const launch = peer.launch({ port, auroraUrl, folder, root })
  if (!launch) return null
  const startedAtMs = performance.now()
  const { child, pid, readLog } = start(launch.words, {
    env: { ...launch.env },
    cwd: launch.cwd,
    core: SERVER_CORE,
  })
  child.stdout?.resume()
  const url = `http://127.0.0.1:${port}${peer.path}`
  await waitUntilReady({ url, child, readLog, headers: peer.headers ?? {} })
  return {
    url,
    readyMs: performance.now() - startedAtMs,
    readUsage: () => readGroupUsage(pid),
    stop: async (signal = 'SIGKILL') => {
      const ended = new Promise((resolve) => child.on('exit', resolve))
      process.kill(-pid, signal)
      await ended
    },
  }
}

async function waitUntilReady(options: {
  url: string
  child: ChildProcess
  readLog: () => string
  headers: Readonly<Record<string, string>>
}): Promise<void> {
  const { url, child, readLog, headers } = options
  const untilMs = performance.now() + READY_WITHIN_MS
  const body = JSON.stringify({ query: '{ __typename }' })
  const sent = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body } as const
  while (performance.now() < untilMs && child.exitCode === null) {
    try {
      const answer = await request(url, sent)
      await answer.body.dump()
      if (answer.statusCode === 200) return
    } catch {
      // It does not listen yet.
    }
    await delay(POLL_MS)
  }
  throw new Error(`${url} did not answer in time: ${readLog()}`)
}

/** proc(5): the name, in brackets, may contain blanks; behind it, from 0: 2 the group, 11 and 12 the ticks, 21 the pages. */
function readGroupUsage(group: number): Usage | null {
  let cpuMs = 0
  let rssMb = 0
  try {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const words = readStat(pid)
      if (Number(words[2]) !== group) continue
      cpuMs += ((Number(words[11]) + Number(words[12])) * 1000) / TICKS_PER_SECOND
      rssMb += (Number(words[21]) * BYTES_PER_PAGE) / 2 ** 20
    }
  } catch {
    return null
  }
  return { cpuMs, rssMb }
}

function readStat(pid: string): readonly string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    // The process ended meanwhile.
    return []
  }
}
