// What of the rooms' events is written, and that a storm of them is a handful of lines.
import { describe, expect, it } from 'vitest'
import { createEventLog } from '../../../src/telemetry/event-log.ts'
import type { Log } from '../../../src/telemetry/log.ts'
import { createManualClock } from '../../support/manual-clock.ts'

function openLog() {
  const lines: Record<string, unknown>[] = []
  const write =
    (level: string) =>
    (fields: object, message: string): void =>
      void lines.push({ level, message, ...fields })
  let end = (): void => {}
  const beforeEnd = (writeRest: () => void): void => void (end = writeRest)
  const log: Log = { info: write('info'), warn: write('warn'), error: write('error'), beforeEnd }
  const clock = createManualClock()
  return { lines, clock, emit: createEventLog(log, clock), end: () => end() }
}

const fault = { operation: 'retrieveProject', code: 'UPSTREAM_TIMEOUT', fault: 'timeout' } as const

describe('the event log', () => {
  it('writes a pause at once, in words that say what to look for', () => {
    const { lines, emit } = openLog()
    emit('paused', { operation: 'listProjects', pauseMs: 30_000 })
    expect(lines).toEqual([
      {
        level: 'warn',
        message:
          'Aurora answered 429: no call is made with the key for a while; does another program use it?',
        operation: 'listProjects',
        pauseMs: 30_000,
      },
    ])
  })

  it('writes when the process ends what it has held back', async () => {
    const { lines, emit, clock, end } = openLog()
    for (const tags of [1, 2, 3]) emit('routerLeftBehind', { tags })
    emit('redisUp', { connection: 'main' })
    lines.length = 0
    end()
    await clock.advance(2000)
    expect(lines).toMatchObject([{ level: 'warn', tags: 3, times: 2 }])
  })

  it('names the setting that makes room for a reply', () => {
    const { lines, emit } = openLog()
    emit('replyTooLarge', { operation: 'listProjects', bytes: 2_000_000, maxBytes: 1_048_576 })
    expect(lines).toMatchObject([{ level: 'warn', operation: 'listProjects' }])
    expect(lines[0]?.['message']).toContain('CACHE_MAX_MB')
  })

  it('names the setting of a cache file that cannot be used', () => {
    const { lines, emit } = openLog()
    emit('cacheFileIgnored', { why: 'unreadable' })
    expect(lines).toMatchObject([{ level: 'warn', why: 'unreadable' }])
    expect(lines[0]?.['message']).toContain('set CACHE_FILE to a file')
  })

  it('does not write what happens all day', () => {
    const { lines, emit, clock } = openLog()
    emit('saved', { operation: 'listProjects', by: 'cache' })
    const attempt = { operation: 'listProjects', callClass: 'interactive', durationMs: 3 } as const
    emit('attempted', { ...attempt, host: 'h', status: 200, code: null })
    emit('attempted', { ...attempt, host: 'h', status: 404, code: null })
    emit('attempted', { ...attempt, host: 'h', status: null, code: 'UPSTREAM_TIMEOUT' })
    expect(lines).toEqual([])
    expect(clock.countTimers()).toBe(0)
  })

  it.each([401, 500, 503])('writes that Aurora has answered with %i', (status) => {
    const { lines, emit } = openLog()
    const attempt = { operation: 'listProjects', callClass: 'interactive', durationMs: 3 } as const
    emit('attempted', { ...attempt, host: 'h', status: 200, code: null })
    emit('attempted', { ...attempt, host: 'h', status, code: null })
    expect(lines).toMatchObject([{ level: 'warn', operation: 'listProjects', status }])
    expect(lines[0]).not.toHaveProperty('host')
  })

  it('10,000 faults in ten seconds are eleven lines that account for every one', async () => {
    const { lines, emit, clock } = openLog()
    for (let second = 0; second < 10; second += 1) {
      for (let nth = 0; nth < 1000; nth += 1) emit('faulted', { ...fault, fault: `fault ${second}.${nth}` })
      await clock.advance(1000)
    }
    expect(lines).toHaveLength(11)
    expect(lines[0]).not.toHaveProperty('times')
    expect(lines.at(-1)).toMatchObject({ ...fault, fault: 'fault 9.999', times: 1000 })
    const told = lines.reduce((sum, { times = 1 }) => sum + Number(times), 0)
    expect(told).toBe(10_000)
  })

  it('a storm of one kind does not hide the first of another', () => {
    const { lines, emit } = openLog()
    for (let nth = 0; nth < 50; nth += 1) emit('faulted', fault)
    emit('paused', { operation: 'listProjects', pauseMs: 1000 })
    expect(lines.map(({ message }) => message)).toEqual([
      'an attempt at Aurora brought no whole answer',
      'Aurora answered 429: no call is made with the key for a while; does another program use it?',
    ])
  })

  it('is at rest a second after the last, and tells the next at once again', async () => {
    const { lines, emit, clock } = openLog()
    emit('faulted', fault)
    await clock.advance(1000)
    expect(clock.countTimers()).toBe(0)
    emit('faulted', fault)
    expect(lines).toHaveLength(2)
    expect(lines[1]).not.toHaveProperty('times')
  })
})
