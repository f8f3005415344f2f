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

/** A full collection would free what has to be counted, so the old objects have room for all of it. */
const ROOMY = [...FLAGS, '--initial-old-space-size=512']

const PRINT_OLD = `
  import { getHeapSpaceStatistics } from 'node:v8'
  process.on('SIGUSR2', () => {
    const { space_used_size: bytes } = getHeapSpaceStatistics().find((space) => space.space_name === 'old_space')
    console.log('old: ' + bytes + '.')
  })`

const SCREEN = JSON.stringify({ query: '{ projects(first: 5) { nodes { name owner { firstName } } } }' })
const askForScreen = (url: string): Promise<Response> =>
  fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: SCREEN })

/**
 * Spreads at the beginning of literals left 580 and 3,700 bytes on Node 20; a tenth of it is left. So many requests fill the space of the
 * young objects several times.
 */
it.each([
  ['is given a remembered answer', { env: {}, maxBytes: 300, count: 3000 }],
  ['is executed', { env: { ANSWERS_MAX_MB: '0' }, maxBytes: 2000, count: 500 }],
])(
  'a request that %s leaves little among the old ones',
  { timeout },
  async (_what, { env, maxBytes, count }) => {
    const { child, stdout, listening } = startProgram(env, PRINT_OLD, [...ROOMY, 'dist/main.js'])
    const url = await listening
    const sendMany = async (): Promise<void> => {
      for (let sent = 0; sent < count; sent += 1) {
        const response = await askForScreen(url)
        expect(response.ok).toBe(true)
        await response.arrayBuffer()
      }
    }
    const readOld = async (reading: number): Promise<number> => {
      child.kill('SIGUSR2')
      const read = (): string[] => stdout().match(/(?<=old: )\d+(?=\.)/g) ?? []
      await expect.poll(read, { timeout }).toHaveLength(reading)
      return Number(read().at(-1))
    }
    let before = await readOld(1)
    let leastBytes = Infinity
    // What V8 compiles in the first rounds lives on.
    for (let reading = 2; reading <= MAX_READINGS && leastBytes >= maxBytes; reading += 1) {
      await sendMany()
      const bytes = await readOld(reading)
      leastBytes = Math.min(leastBytes, (bytes - before) / count)
      before = bytes
    }
    expect(leastBytes).toBeLessThan(maxBytes)
  },
)

const MAX_READINGS = 10
