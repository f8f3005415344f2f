// The buffer before stdout, with a reader that takes what a test lets it take.
import { expect, it } from 'vitest'
import { createLog } from '../../../src/telemetry/log.ts'
import { createLogBuffer } from '../../../src/telemetry/log-buffer.ts'
import { createManualClock } from '../../support/manual-clock.ts'

function setUp() {
  const clock = createManualClock()
  const writes: string[] = []
  let room = Infinity
  let fault = 'EAGAIN'
  let pauses = 0
  const buffer = createLogBuffer({
    clock,
    write(bytes) {
      if (room === 0) throw Object.assign(new Error(fault), { code: fault })
      const taken = Buffer.from(bytes.subarray(0, room))
      room -= taken.length
      writes.push(taken.toString())
      return taken.length
    },
    pause: () => void (pauses += 1),
  })
  const give = (bytes: number, code = 'EAGAIN'): void => {
    room = bytes
    fault = code
  }
  return { ...buffer, clock, writes, give, text: () => writes.join(''), pauses: () => pauses }
}

it('writes the first line at once, and those of the next milliseconds together, in their order', async () => {
  const { write, clock, writes } = setUp()
  write('1\n')
  expect(writes).toEqual(['1\n'])
  write('2\n')
  write('3\n')
  expect(writes).toEqual(['1\n'])
  await clock.advance(10)
  expect(writes).toEqual(['1\n', '2\n3\n'])
  await clock.advance(10)
  expect(clock.countTimers()).toBe(0)
  write('4\n')
  expect(writes.at(-1)).toBe('4\n')
})

it('goes on in the middle of a line, and of a character, where the reader took a part', async () => {
  const { write, clock, give, text } = setUp()
  give(4)
  write('aé€\n')
  write('b\n')
  give(Infinity)
  await clock.advance(1)
  await clock.advance(10)
  expect(text().replaceAll('\uFFFD', '')).toBe('aé\nb\n')
})

it('keeps lines for a reader that takes none, up to a limit, and says how many were lost', async () => {
  const { write, clock, give, text, lostLines } = setUp()
  give(0)
  const line = `${'x'.repeat(99_999)}\n`
  for (let turn = 0; turn < 15; turn += 1) write(line)
  await clock.advance(1000)
  expect([text(), lostLines()]).toEqual(['', 5])
  give(Infinity)
  await clock.advance(10)
  const lines = text().trimEnd().split('\n')
  expect(lines).toHaveLength(11)
  expect(JSON.parse(lines[10] ?? '')).toEqual({
    level: 'warn',
    time: expect.stringMatching(/^2026-/) as string,
    lines: 5,
    msg: expect.stringContaining('lost') as string,
  })
  write('after\n')
  await clock.advance(10)
  expect(text()).toMatch(/\nafter\n$/)
  expect(lostLines()).toBe(5)
})

it('keeps a quarter of the room for warnings and errors, however many lines about requests there are', async () => {
  const { write, clock, give, text, lostLines } = setUp()
  const log = createLog({ level: 'info', scrub: (line) => line, write })
  give(0)
  for (let request = 0; request < 20_000; request += 1) log.info({ path: '/graphql' }, 'request')
  const lostRequests = lostLines()
  log.warn({}, 'first warning')
  log.error({}, 'first error')
  log.info({}, 'request')
  give(Infinity)
  await clock.advance(1000)
  expect(lostRequests).toBeGreaterThan(5000)
  expect(lostLines()).toBe(lostRequests + 1)
  expect(text().match(/first \w+/g)).toEqual(['first warning', 'first error'])
})

it.each(['ENOSPC', 'EPIPE', 'EIO'])(
  'loses what %s refuses, and begins a new line behind it',
  async (code) => {
    const { write, clock, give, text, lostLines } = setUp()
    give(2, code)
    write('cut\n')
    expect([text(), lostLines()]).toEqual(['cu', 1])
    give(0, code)
    write('lost\n')
    await clock.advance(1000)
    expect(lostLines()).toBe(2)
    give(Infinity)
    write('after\n')
    await clock.advance(10)
    expect(text()).toMatch(/^cu\nafter\n\{.*"lines":2,.*\}\n$/)
  },
)

it('writes what is left at the end, and waits for a slow reader for a while', () => {
  const { write, end, give, text, pauses } = setUp()
  write('1\n')
  write('2\n')
  end()
  expect([text(), pauses()]).toEqual(['1\n2\n', 0])
  give(0)
  write('3\n')
  end()
  expect([text(), pauses()]).toEqual(['1\n2\n', 50])
})
