// A process of its own that does one task after the other for a benchmark: a task fails where the process ends.
import { fork } from 'node:child_process'

export interface Helper<Task, Result> {
  readonly pid: number
  do(task: Task): Promise<Result>
  end(): void
}

/** It stays, because each new process would be slow at first. It answers each message with one message. */
export function startHelper<Task extends object, Result>(
  file: string,
  flags: readonly string[] = [],
): Helper<Task, Result> {
  const child = fork(new URL(file, import.meta.url), { execArgv: [...process.execArgv, ...flags] })
  const ended = new Promise<never>((_, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => reject(new Error(`${file} has ended with ${signal ?? code}`)))
  })
  // It may end while no task waits for it.
  ended.catch(() => {})
  return {
    pid: child.pid ?? 0,
    do(task) {
      const done = new Promise<Result>((resolve) => {
        child.once('message', (result) => resolve(result as Result))
        if (child.connected) child.send(task)
      })
      return Promise.race([done, ended])
    },
    end: () => void child.kill(),
  }
}
