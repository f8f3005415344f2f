// What the program makes for its requests is made among the young objects, however long some of it has lived.
import { afterEach, expect, it } from 'vitest'
import { endPrograms, startCommand, startProgram } from '../support/program.ts'

const timeout = 120_000

afterEach(endPrograms)

/**
 * A small space for young objects is as large as it gets from the beginning: only then V8 decides. With one thread its decision comes
 * in the same round each time, whatever else the machine does.
 */
const FLAGS = [
  '--allow-natives-syntax',
  '--max-semi-space-size=2',
  '--min-semi-space-size=2',
  '--single-threaded',
]

/** Many objects live on, all made in one place. Prints whether the next one that is made there is young. */
const MAKE_MANY = `
  const make = (number) => ({ parts: [number, [number]], number })
  const makeMany = () => Array.from({ length: 30000 }, (_, number) => make(number))
  let last = null
  for (let round = 0; round < 60; round += 1) last = [last && last[0], makeMany()]
  console.log('young: ' + new Function('made', 'return %InYoungGeneration(made)')(make(1).parts))
`

it('V8 alone would make them among the old ones', { timeout }, async () => {
  const { stdout, exited } = startCommand(process.execPath, [...FLAGS, '--eval', MAKE_MANY], {})
  await exited
  expect(stdout()).toContain('young: false')
})

it('the program makes them among the young ones', { timeout }, async () => {
  const preload = `process.on('SIGUSR2', () => {${MAKE_MANY}})`
  const { child, stdout, listening } = startProgram({}, preload, [...FLAGS, 'dist/main.js'])
  await listening
  child.kill('SIGUSR2')
  await expect.poll(stdout, { timeout }).toContain('young: true')
})
