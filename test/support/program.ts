// Starts the built program as its operator does: a process of its own, with settings and signals; tests read what it prints.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'

export type Env = Record<string, string>

export interface Program {
  readonly child: ChildProcess
  stdout(): string
  stderr(): string
  /** Resolves with the address as soon as one is printed; rejects if the program ends before. */
  readonly listening: Promise<string>
  readonly exited: Promise<number | null>
}

const root = new URL('../..', import.meta.url).pathname
const running: ChildProcess[] = []

/** Words for Node, the file last. */
const BUILT = ['dist/main.js']

/**
 * The environment of the test is not passed on, except what Node needs, so that no setting of the machine takes part. Nothing
 * is kept for the next process unless the test names a folder.
 */
export function startProgram(env: Env, preload?: string, main: readonly string[] = BUILT): Program {
  const preloads =
    preload === undefined ? [] : ['--import', `data:text/javascript,${encodeURIComponent(preload)}`]
  return startCommand(process.execPath, [...main.slice(0, -1), ...preloads, ...main.slice(-1)], env)
}

/** The same by another command, such as npm. */
export function startCommand(command: string, words: readonly string[], env: Env): Program {
  const { PATH = '', NODE_OPTIONS = '' } = process.env
  const child = spawn(command, words, {
    cwd: root,
    env: { PATH, NODE_OPTIONS, PORT: '0', STATE_DIR: 'off', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.push(child)
  let stdout = ''
  let stderr = ''
  const exited = new Promise<number | null>((resolve) => child.on('close', resolve))
  const listening = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      stdout += String(chunk)
      const url = /http:\/\/[\w.:[\]]+:\d+/.exec(stdout)?.[0]
      if (url) resolve(url)
    })
    void exited.then((code) => reject(new Error(`ended with ${code}: ${stdout}${stderr}`)))
  })
  // Most tests of failing starts never await it.
  listening.catch(() => {})
  child.stderr.on('data', (chunk) => (stderr += String(chunk)))
  return { child, stdout: () => stdout, stderr: () => stderr, listening, exited }
}

/** Ends the processes that a test has left running. */
export function endPrograms(): void {
  for (const child of running.splice(0)) child.kill('SIGKILL')
}
