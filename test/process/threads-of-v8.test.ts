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
  { as: 'with underscores in the flag', flags: ['--v8_pool_size=1'], env: {}, lowered: 1 },
  { as: 'with a flag of the environment', flags: [], env: { NODE_OPTIONS: '--v8-pool-size=2' }, lowered: 2 },
])('started $as: $lowered of V8', { timeout: 120_000 }, async ({ flags, env, lowered }) => {
  const { child, listening } = startProgram(env, undefined, [...flags, 'dist/main.js'])
  await listening
  const [eventLoop, timer, ...others] = prioritiesOf(child.pid ?? 0)
  const own = eventLoop ?? Number.NaN
  expect(timer).toBe(own)
  expect(others.slice(0, lowered)).toEqual(Array(lowered).fill(Math.min(19, own + 10)))
  expect(others.slice(lowered).filter((each) => each !== own)).toEqual([])
})

const MACHINE = { eventLoop: 999, cores: 4 }

it.each<[string, string[], number]>([
  ['without a flag', [], 4],
  ['with one', ['', '--v8-pool-size=1'], 1],
  ['with several, the last', ['--v8-pool-size=1 --no-warnings', '--v8-pool-size', '2'], 2],
  ['with underscores', ['', '--v8_pool_size=1'], 1],
  ['with quotation marks', ['"--v8-pool-size=2"'], 2],
  ['with quotation marks around the number', ['--v8-pool-size="2"'], 2],
  ['with 0, as many as Node chooses for the cores', ['', '--v8-pool-size=0'], 3],
  ['with a number below 0, too', ['', '--v8-pool-size=-1'], 3],
])('the count is that which Node was given: %s', (_, flags, count) => {
  const threads = ['1003', '999', '1001', '1000', '1002', '1004', '1005', '1006']
  expect(threadsOfV8(threads, flags, MACHINE)).toEqual([1001, 1002, 1003, 1004].slice(0, count))
})

it('one core has one thread of V8 where Node chooses', () => {
  expect(threadsOfV8(['9', '10', '11', '12'], ['--v8-pool-size=0'], { eventLoop: 9, cores: 1 })).toEqual([11])
})

it('the event loop keeps its priority where the numbers of the system began again after it', () => {
  const threads = ['301', '302', '32767', '300']
  expect(threadsOfV8(threads, ['--v8-pool-size=1'], { eventLoop: 32767, cores: 4 })).toEqual([301])
})
