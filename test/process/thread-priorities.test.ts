// How much lower than that of the event loop the priority of each other thread is.
import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, expect, it } from 'vitest'
import { sortThreads } from '../../src/program/thread-priorities.ts'
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
  { as: 'as in production', flags: ['--v8-pool-size=1'], env: {}, ofV8: 1 },
  { as: 'without a flag', flags: [], env: {}, ofV8: 4 },
  { as: 'with underscores in the flag', flags: ['--v8_pool_size=1'], env: {}, ofV8: 1 },
  { as: 'with a flag of the environment', flags: [], env: { NODE_OPTIONS: '--v8-pool-size=2' }, ofV8: 2 },
  { as: 'with more threads for files', flags: [], env: { UV_THREADPOOL_SIZE: '7' }, ofV8: 4, ofPool: 7 },
])('started $as: $ofV8 of V8', { timeout: 120_000 }, async ({ flags, env, ofV8, ofPool = 4 }) => {
  const { child, listening } = startProgram(env, undefined, [...flags, 'dist/main.js'])
  await listening
  const [eventLoop, timer, ...others] = prioritiesOf(child.pid ?? 0)
  const own = eventLoop ?? Number.NaN
  expect(timer).toBe(own)
  const lower = (steps: number): number => Math.min(19, own + steps)
  expect(others.slice(0, ofV8)).toEqual(Array(ofV8).fill(lower(10)))
  // Those that Node starts later have the priority of the event loop.
  const rest = others.slice(ofV8)
  expect(rest.filter((each) => each === lower(5)).length).toBeGreaterThanOrEqual(ofPool)
  expect(rest.filter((each) => each !== lower(5) && each !== own)).toEqual([])
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
  const all = [1001, 1002, 1003, 1004, 1005, 1006]
  expect(sortThreads(threads, flags, MACHINE)).toEqual({ v8: all.slice(0, count), others: all.slice(count) })
})

it('one core has one thread of V8 where Node chooses', () => {
  const { v8 } = sortThreads(['9', '10', '11', '12'], ['--v8-pool-size=0'], { eventLoop: 9, cores: 1 })
  expect(v8).toEqual([11])
})

it('the event loop keeps its priority where the numbers of the system began again after it', () => {
  const threads = ['301', '302', '32767', '300']
  const machine = { eventLoop: 32767, cores: 4 }
  expect(sortThreads(threads, ['--v8-pool-size=1'], machine)).toEqual({ v8: [301], others: [302] })
})
