// Starts a server on a core of its own where the system can do that, and reads how much CPU time its process has used.
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { onCore } from './peers/processes.ts'

export interface PinnedServer {
  readonly url: string
  /** Of all its threads. */
  cpuUs(): number
  /** SIGTERM lets it write what it writes at its end. */
  end(): Promise<unknown>
}

/** The address is the first one that it prints. */
export async function startPinned(
  core: number,
  words: readonly string[],
  env: Record<string, string> = {},
): Promise<PinnedServer> {
  const [program = '', ...rest] = onCore(core, [process.execPath, ...words])
  const { PATH = '' } = process.env
  const child = spawn(program, rest, { env: { PATH, ...env }, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  let text = ''
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      // All that follows is its log, which somebody has to read.
      if (text.length < 10_000) text += String(chunk)
      const found = /http:\/\/[\w.]+:\d+/.exec(text)?.[0]
      if (found) resolve(found)
    })
    void ended.then(() => reject(new Error(`${words.join(' ')} ended: ${text}`)))
  })
  const tasks = `/proc/${child.pid}/task`
  // The first figure of schedstat is the time on the processor, in nanoseconds.
  const usOf = (task: string): number =>
    Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]) / 1000
  return {
    url,
    cpuUs: () => readdirSync(tasks).reduce((sum, task) => sum + usOf(task), 0),
    end() {
      child.kill('SIGTERM')
      return ended
    },
  }
}
