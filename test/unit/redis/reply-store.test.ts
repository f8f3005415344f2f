// When a reply of Redis is taken, where the log of drops moves on while the reply is read.
import { expect, it } from 'vitest'
import { createCache } from '../../../src/cache/cache.ts'
import type { ReadName } from '../../../src/cache/read-name.ts'
import { createReplyStore } from '../../../src/redis/reply-store.ts'
import type { Connection } from '../../../src/redis/connection.ts'
import type { DropLog } from '../../../src/redis/drop-log.ts'
import { buildCall, buildReply, nth } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const MARK = { generation: 'g', id: '1-0' }
const SERVER_MS = 1_800_000_000_000

/** Asks the log for touches of the reply while `value` is read, and returns what was asked, and the reply if it was taken. */
async function readWhile(haveTouched: (read: ReadName, count: number) => boolean) {
  const clock = createManualClock()
  const cache = createCache({ maxBytes: 1_000_000, clock })
  const asked: ReadName[] = []
  const drops: Pick<DropLog, 'mark' | 'haveTouched' | 'catchUp'> = {
    mark: () => MARK,
    haveTouched: (read) => haveTouched(read, asked.push(read)),
    catchUp: async () => true,
  }
  const main: Pick<Connection, 'time'> = {
    time: { note: () => {}, at: () => ({ leastMs: SERVER_MS, mostMs: SERVER_MS }), setbacks: () => 0 },
  }
  const store = createReplyStore({
    main: main as Connection,
    drops: drops as DropLog,
    cache,
    clock,
    emit: () => {},
  })
  const answer = buildReply({ id: 'p-1' }, { answeredAtMs: clock.monotonicMs() })
  const packed = await store.pack(buildCall(), answer, MARK)
  const look = {
    value: packed?.bytes ?? null,
    serverMs: SERVER_MS,
    sentAtMs: clock.monotonicMs(),
    newest: MARK,
  }
  return { asked, taken: await store.judge(buildCall(), look, () => true) }
}

it('a reply that nothing has touched is taken', async () => {
  const { asked, taken } = await readWhile(() => false)
  expect(taken).toMatchObject({ value: { id: 'p-1' } })
  expect(nth(asked, 0).path).toEqual({ project_id: 'p-1' })
})

it('a reply is not taken where it is touched after its head was read, and before its body was', async () => {
  const { asked, taken } = await readWhile((_, count) => count > 1)
  expect(taken).toBeNull()
  expect(asked).toHaveLength(2)
})
