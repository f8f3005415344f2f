// Starts a server, on a core of its own where the caller names one and the system can do it, and reads its CPU time.
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { onCore } from './peers/processes.ts'

export interface PinnedServer {
  readonly url: string
  /** Of all its threads. */
  cpuUs(): number
  /** Rejects where the server ends by itself. */
  readonly failed: Promise<never>
  /** By SIGTERM, so that it writes its last files. */
  end(): Promise<unknown>
}

export interface Place {
  /** Null: any. */
  readonly core: number | null
  readonly env?: Record<string, string>
}

/** The address is the first one that it prints. */
export async function startPinned(
  words: readonly string[],
  { core, env = {} }: Place,
): Promise<PinnedServer> {
  const started = [process.execPath, ...words]
  const [program = '', ...rest] = core === null ? started : onCore(core, started)
  const { PATH = '' } = process.env
  const child = spawn(program, rest, { env: { PATH, ...env }, stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  let isWanted = false
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      if (!isWanted) reject(new Error(`${words.join(' ')} has ended with ${signal ?? code}: ${text}`))
    })
  })
  failed.catch(() => {})
  const listening = new Promise<string>((resolve) => {
    child.stdout.on('data', (chunk) => {
      // All that follows is its log. It is read, because a full pipe would stop the server.
      if (text.length < 10_000) text += String(chunk)
      const found = /http:\/\/[\w.]+:\d+/.exec(text)?.[0]
      if (found) resolve(found)
    })
  })
  const url = await Promise.race([listening, failed])
  const tasks = `/proc/${child.pid}/task`
  // The first figure of schedstat is the time on the processor, in nanoseconds.
  const usOf = (task: string): number =>
    Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]) / 1000
  return {
    url,
    cpuUs: () => readdirSync(tasks).reduce((sum, task) => sum + usOf(task), 0),
    failed,
    end() {
      isWanted = true
      child.kill('SIGTERM')
      return ended
    },
  }
}
