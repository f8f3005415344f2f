import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createCache } from '../../../src/cache/cache.ts'
import { createCacheFile } from '../../../src/cache/cache-file.ts'
import type { LogPosition } from '../../../src/cache/log-position.ts'
import type { Members } from '../../../src/aurora/body.ts'
import type { Call } from '../../../src/rest/call.ts'
import { READS } from '../../../src/aurora/reads.ts'
import { tenantOf } from '../../../src/rest/scope.ts'
import {
  buildCall,
  buildRefusal,
  buildScope,
  buildReply,
  createEventLog,
  TENANT_ID,
} from '../../support/builders.ts'
import type { CallParts } from '../../support/builders.ts'
import { createManualClock, settle } from '../../support/manual-clock.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const SOURCE = 'https://api.example.test/'

let folder = ''
let path = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cache-file-'))
  path = join(folder, 'cache')
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A process that begins: its monotonic clock shares nothing with that of the one before. */
async function start({
  startMs = 1000,
  wallMs = 0,
  source = SOURCE,
  maxBytes = 1024 * 1024,
  file = path,
  at = null as LogPosition | null,
  settleMs = 0,
} = {}) {
  const clock = createManualClock(startMs)
  clock.jumpWall(wallMs)
  const events = createEventLog()
  const cache = createCache({ maxBytes, clock, settleMs })
  const { emit } = events
  const position = () => at
  const cacheFile = createCacheFile({ path: file, source, cache, maxBytes, position, clock, emit })
  const filed = await cacheFile.load()
  const keep = (call: Call, value = buildReply().value) =>
    cache.store(call, buildReply(value, { answeredAtMs: clock.monotonicMs() }))
  return { clock, cache, events, keep, filed, close: () => cacheFile.close() }
}

const aList = (page = '1'): Call => buildCall({ endpoint: READS.listProjects, path: {}, query: { page } })
const ignored = ({ events }: Awaited<ReturnType<typeof start>>) =>
  events.of('cacheFileIgnored').map(({ why }) => why)

describe('a cache that ended', () => {
  it('tells the next process how far the log of drops had been applied to it, and a younger one that knows no log as well', async () => {
    const at = { generation: 'g', id: '7-0' }
    const first = await start({ at })
    first.keep(buildCall())
    await first.close()
    expect((await start()).filed).toEqual(at)
    // It has written the file at its start, with what it has found there.
    expect((await start()).filed).toEqual(at)
  })

  it('is restored without what is in doubt, which is kept for the time when Aurora fails', async () => {
    const first = await start()
    first.keep(buildCall())
    first.cache.doubtAll()
    await first.close()
    expect((await start()).cache.read(buildCall())?.age).toBe('old')
  })

  it('is restored with what was read just after an event as with what is in doubt', async () => {
    const first = await start({ settleMs: 3000 })
    const touches = [{ operation: 'retrieveProject' as const, path: { project_id: 'p-1' } }]
    first.cache.outdate(tenantOf(buildScope().key), touches)
    await first.clock.advance(500)
    first.keep(buildCall())
    first.keep(aList(), [{ id: 'p-2' }])
    await first.close()
    const next = await start({ wallMs: MINUTE })
    expect(next.cache.read(buildCall())?.age).toBe('old')
    expect(next.cache.read(aList())?.age).toBe('fresh')
  })

  it('is restored in the next process, with the objects of its lists, each answer with its age', async () => {
    const first = await start({ startMs: 900_000 })
    first.keep(buildCall(), { id: 'p-1', name: 'own' })
    await first.clock.advance(MINUTE)
    first.keep(aList('1'), [{ id: 'p-3' }])
    first.keep(aList('2'), [{ id: 'p-2', name: 'listed' }])
    await first.clock.advance(MINUTE)
    first.keep(aList('1'), [{ id: 'p-3' }])
    await first.close()
    const next = await start({ wallMs: 3 * MINUTE })

    expect(next.cache.read(buildCall())).toMatchObject({
      ageMs: 3 * MINUTE,
      answer: { value: { name: 'own' } },
    })
    // Page 2 as well, which is older than page 1.
    expect(next.cache.read(aList('2'))).toMatchObject({ ageMs: 2 * MINUTE, age: 'fresh' })
    expect(next.cache.readListed(buildScope().key, 'project', 'p-2')).toEqual({ id: 'p-2', name: 'listed' })
    expect(next.events.of('cacheFileIgnored')).toEqual([])
    await next.close()
  })

  it('brings back no answer that has expired by then', async () => {
    const first = await start()
    first.keep(buildCall())
    await first.close()
    const next = await start({ wallMs: 24 * HOUR + 1 })

    expect(next.cache.entries()).toEqual([])
    await next.close()
  })

  it('can be read by its owner only, and names neither tenant nor credential', async () => {
    const first = await start()
    first.keep(buildCall({ scope: buildScope('sk_sand_canary') }))
    await first.close()

    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['cache'])
    expect(readFileSync(path, 'utf8')).not.toMatch(new RegExp(`sk_sand_canary|${TENANT_ID}`))
  })

  it.each<[string, CallParts]>([
    ['webhooks', { endpoint: READS.listWebhooks, path: {} }],
    ['links', { endpoint: READS.retrieveAsset, path: { asset_id: 'a-1' } }],
    ['jobs', { endpoint: READS.retrieveAiRoofStatus, path: { design_id: 'd-1' } }],
  ])('leaves %s out', async (_, parts) => {
    const first = await start()
    first.keep(
      buildCall(parts),
      parts.endpoint?.answers === 'list' ? [{ id: '1', canary: 1 }] : { canary: 1 },
    )
    first.cache.store(buildCall(), buildRefusal(404))
    await first.close()

    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(3)
    expect(readFileSync(path, 'utf8')).not.toContain('canary')
  })
})

describe('the age of an answer', () => {
  it('is no less after a clock was set back', async () => {
    const first = await start()
    first.keep(buildCall())
    await first.clock.advance(4 * MINUTE)
    await first.close()
    const next = await start({ wallMs: -HOUR })

    expect(next.cache.read(buildCall())).toMatchObject({ ageMs: 4 * MINUTE })
    await next.close()
  })

  it('after a crash is such that it is served only if Aurora fails, because it is unknown what was changed since', async () => {
    const first = await start()
    first.keep(buildCall())
    await first.close()
    const crashing = await start()
    expect(crashing.cache.read(buildCall())).toMatchObject({ age: 'fresh' })
    const next = await start()

    expect(next.cache.read(buildCall())).toMatchObject({ age: 'old' })
    await next.close()
    await crashing.close()
  })
})

describe('while the process runs', () => {
  it('is written every five minutes, if something has changed', async () => {
    const { clock, keep, close } = await start()
    const inode = () => statSync(path).ino
    const written = [inode()]
    keep(buildCall())
    await clock.advance(5 * MINUTE - 1)
    written.push(inode())
    await clock.advance(1)
    while (inode() === written[0]) await settle()
    expect(readFileSync(path, 'utf8')).toContain('p-1')
    written.push(inode())
    await clock.advance(20 * MINUTE)
    await settle()
    written.push(inode())

    expect(written.map((each) => each === written[0])).toEqual([true, true, false, false])
    expect(written[2]).toBe(written[3])
    await close()
    expect(clock.countTimers()).toBe(0)
  })
})

describe('a file that is of no use', () => {
  const lines = async (): Promise<string[]> => {
    const first = await start()
    first.keep(buildCall())
    first.keep(aList(), [{ id: 'p-2' }])
    await first.close()
    return readFileSync(path, 'utf8').split('\n')
  }

  it.each<[string, (lines: string[]) => string]>([
    ['damaged', () => ''],
    ['damaged', (all) => all.slice(0, 1).join('\n')],
    ['damaged', (all) => all.slice(0, 2).join('\n')],
    ['damaged', (all) => all.join('\n').slice(0, -5)],
    ['damaged', (all) => all.toSpliced(1, 1).join('\n')],
    ['damaged', (all) => all.with(1, '{"half').join('\n')],
    ['damaged', (all) => all.with(0, `${all[0]?.replace('"source"', '"sauce"')}`).join('\n')],
    ['other version', (all) => all.with(0, `${all[0]?.replace(/"version":\d+/, '"version":99')}`).join('\n')],
    ['other Aurora', (all) => all.with(0, `${all[0]?.replace('api.example', 'sandbox')}`).join('\n')],
    ['too large', (all) => all.join(' '.repeat(1024 * 1024))],
  ])('(%s) is ignored, with one word about it, and written anew', async (why, spoil) => {
    writeFileSync(path, spoil(await lines()))
    const next = await start()

    expect(ignored(next)).toEqual([why])
    expect(next.cache.entries()).toEqual([])
    next.keep(buildCall())
    await next.close()
    const afterwards = await start()
    expect(ignored(afterwards)).toEqual([])
    expect(afterwards.cache.entries()).toHaveLength(1)
    await afterwards.close()
  })

  it('loses only the answers that cannot be read any more', async () => {
    const all = await lines()
    writeFileSync(path, all.map((line) => line.replace('retrieveProject"', 'retrieveMoon"')).join('\n'))
    const next = await start()

    expect(ignored(next)).toEqual([])
    expect(next.cache.entries()).toMatchObject([{ call: { endpoint: { operation: 'listProjects' } } }])
    await next.close()
  })

  it('that is not a cache file is never overwritten', async () => {
    writeFileSync(path, 'root:x:0:0')
    const next = await start()
    next.keep(buildCall())
    await next.clock.advance(HOUR)
    await next.close()

    expect(ignored(next)).toEqual(['not ours'])
    expect(readFileSync(path, 'utf8')).toBe('root:x:0:0')
  })

  it('that is a folder is left alone', async () => {
    const next = await start({ file: folder })
    await next.close()

    expect(ignored(next)).toEqual(['unreadable'])
    expect(next.events.of('cacheFileNotWritten')).toEqual([])
  })
})

describe('an answer that cannot be written', () => {
  const nested = (levels: number): Members => {
    let value: Members = {}
    for (let level = 0; level < levels; level += 1) value = { in: value }
    return value
  }

  it.each<[string, Members, string]>([
    ['is nested too deeply', nested(8000), 'RangeError'],
    ['is nested far too deeply', { deep: nested(100_000) }, 'RangeError'],
    ['has a number that JSON does not have', { number: 1n }, 'TypeError'],
    [
      'cannot be made a text',
      {
        toJSON: () => {
          throw new Error('canary')
        },
      },
      'Error',
    ],
    ['is larger than the whole file may be', { text: 'x'.repeat(1024 * 1024) }, 'too large'],
  ])(
    'because it %s is left out, the file has all others, and one event reports it',
    async (_, odd, fault) => {
      const first = await start()
      first.keep(buildCall({ path: { project_id: 'p-1' } }), { id: 'p-1' })
      first.keep(buildCall({ path: { project_id: 'p-2' } }), odd)
      first.keep(buildCall({ path: { project_id: 'p-3' } }), { id: 'p-3' })
      await first.clock.advance(5 * MINUTE)
      while (first.events.of('cacheFileIncomplete').length === 0) await settle()
      await first.close()
      const next = await start({ wallMs: 5 * MINUTE })

      expect(first.events.of('cacheFileIncomplete')).toEqual([{ answers: 1, fault }])
      expect(first.events.of('cacheFileNotWritten')).toEqual([])
      expect(ignored(next)).toEqual([])
      expect(next.cache.entries().map(({ reply }) => reply.value)).toEqual([{ id: 'p-1' }, { id: 'p-3' }])
      await next.close()
    },
  )

  it('because the file is full is left out, and the file is read again', async () => {
    const first = await start({ maxBytes: 20_000 })
    // In the cache an answer counts as it came; as JSON, each of these characters takes six.
    for (let nth = 0; nth < 9; nth += 1)
      first.keep(buildCall({ path: { project_id: `p-${nth}` } }), {
        id: `p-${nth}`,
        text: '\u0001'.repeat(500),
      })
    await first.close()
    const next = await start({ maxBytes: 20_000 })

    expect(statSync(path).size).toBeLessThanOrEqual(20_000)
    expect(first.events.of('cacheFileIncomplete')).toMatchObject([{ fault: 'too large' }])
    expect(ignored(next)).toEqual([])
    expect(next.cache.entries().length).toBeGreaterThan(3)
    await next.close()
  })

  it('has nothing to do with texts that contain line ends of any kind', async () => {
    const first = await start()
    first.keep(buildCall(), { id: 'p-1', name: 'a\nb\rc\u2028d\u2029e\u0085f' })
    await first.close()
    const next = await start()

    expect(readFileSync(path, 'utf8')).not.toMatch(/[\u2028\u2029]/)
    expect(ignored(next)).toEqual([])
    expect(next.cache.entries().map(({ reply }) => reply.value)).toEqual([
      { id: 'p-1', name: 'a\nb\rc\u2028d\u2029e\u0085f' },
    ])
    await next.close()
  })
})

it('if nothing can be written, the gateway still starts and ends, and reports it', async () => {
  const { events, keep, close } = await start({ file: join(folder, 'missing', 'cache') })
  keep(buildCall())
  await close()

  expect(events.of('cacheFileIgnored')).toEqual([])
  expect(events.of('cacheFileNotWritten')).toEqual([{ fault: 'ENOENT' }, { fault: 'ENOENT' }])
})
