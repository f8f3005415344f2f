// Which threads of the process have a lower priority than the event loop.
import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, expect, it } from 'vitest'
import { threadsOfV8 } from '../../src/program/threads-of-v8.ts'
import { endPrograms, startProgram } from '../support/program.ts'

afterEach(endPrograms)

/** Their "nice", the 19th field, in the order of their start. The name before the third one may have spaces. */
const prioritiesOf = (pid: number): readonly number[] =>
  readdirSync(`/proc/${pid}/task`)
    .map(Number)
    .toSorted((left, right) => left - right)
    .map((thread) => readFileSync(`/proc/${pid}/task/${thread}/stat`, 'latin1'))
    .map((text) => Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[16]))

it.runIf(process.platform === 'linux').each([
  { as: 'as in production', flags: ['--v8-pool-size=1'], env: {}, lowered: 1 },
  { as: 'without a flag', flags: [], env: {}, lowered: 4 },
  { as: 'with a flag of the environment', flags: [], env: { NODE_OPTIONS: '--v8-pool-size=2' }, lowered: 2 },
])('started $as: $lowered of V8', { timeout: 60_000 }, async ({ flags, env, lowered }) => {
  const { child, listening } = startProgram(env, undefined, [...flags, 'dist/main.js'])
  await listening
  const [eventLoop, timer, ...others] = prioritiesOf(child.pid ?? 0)
  const own = eventLoop ?? Number.NaN
  expect(timer).toBe(own)
  expect(others.slice(0, lowered)).toEqual(Array(lowered).fill(Math.min(19, own + 10)))
  expect(others.slice(lowered).filter((each) => each !== own)).toEqual([])
})

it('the last count that Node was given holds', () => {
  const threads = ['1003', '999', '1001', '1000', '1002', '1004']
  expect(threadsOfV8(threads, [])).toEqual([1001, 1002, 1003, 1004])
  expect(threadsOfV8(threads, ['', '--v8-pool-size=1'])).toEqual([1001])
  expect(threadsOfV8(threads, ['--v8-pool-size=1 --no-warnings', '--v8-pool-size', '2'])).toEqual([
    1001, 1002,
  ])
  expect(threadsOfV8(threads, ['--v8-pool-size=0'])).toEqual([])
})
