// What open streams take in a process: of its heap after a full collection, and resident; and in a bare server that streams the same.
import { readFileSync } from 'node:fs'
import { startProgram } from '../test/support/program.ts'
import type { Env, Program } from '../test/support/program.ts'
import { waitUntil } from '../test/support/wait-until.ts'
import { PROGRAM } from './program.ts'

export interface Memory {
  readonly heapKb: number
  readonly residentKb: number
}

/**
 * Loaded into the process: it collects its garbage at SIGUSR2. What is resident depends mostly on how far the young generation has
 * grown, so the heap alone shows what a stream holds.
 */
const COLLECT = `process.on('SIGUSR2', async () => {
  for (let times = 0; times < 3; times += 1) {
    globalThis.gc()
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  process.stderr.write('HEAP ' + process.memoryUsage().heapUsed + '\\n')
})`

export const startMeasured = (env: Env): Program => startProgram(env, COLLECT, ['--expose-gc', ...PROGRAM])

export const startBare = (): Program => startProgram({}, COLLECT, ['--expose-gc', 'bench/bare-streams.js'])

export async function memoryOf(programs: readonly Program[]): Promise<Memory> {
  const each = await Promise.all(programs.map(memoryOfOne))
  return {
    heapKb: each.reduce((sum, { heapKb }) => sum + heapKb, 0),
    residentKb: each.reduce((sum, { residentKb }) => sum + residentKb, 0),
  }
}

async function memoryOfOne({ child, stderr }: Program): Promise<Memory> {
  const heaps = (): readonly string[] =>
    [...stderr().matchAll(/^HEAP (\d+)$/gm)].map(([, bytes = '']) => bytes)
  const { length } = heaps()
  child.kill('SIGUSR2')
  await waitUntil(() => heaps().length > length)
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  return { heapKb: Number(heaps().at(-1)) / 1024, residentKb: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) }
}
