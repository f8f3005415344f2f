// One tenant with very many callers takes neither all memory for bodies and unread answers nor all uploads; a sole tenant has everything.
import { describe, expect, it } from 'vitest'
import { createBodies } from '../../../src/http/bodies.ts'
import { httpLimits } from '../../../src/http/limits.ts'
import { createUnreadAnswers } from '../../../src/http/unread-answers.ts'
import { createTenantsSeen } from '../../../src/turns/tenants-seen.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const KB = 1024
const LIMITS = {
  ...httpLimits,
  bodiesMaxBytes: 640 * KB,
  bodiesMaxBytesOfCaller: 320 * KB,
  answersMaxBytes: 640 * KB,
  answersMaxBytesOfCaller: 320 * KB,
  freeAnswerBytes: 1 * KB,
}

describe('bodies', () => {
  function open() {
    const bodies = createBodies({ seen: createTenantsSeen(createManualClock()), limits: LIMITS })
    let callers = 0
    const begin = (tenant: string, fields: Record<string, string> = {}) => {
      const reserved = bodies.reserve(new Headers(fields), { caller: `${tenant} ${(callers += 1)}`, tenant })
      return 'status' in reserved ? null : reserved
    }
    /** Bodies of 10 KB beyond what is free, each of another caller. */
    const sendAll = (tenant: string) => {
      const sent: { release(): void }[] = []
      for (;;) {
        const body = begin(tenant)
        if (!body || body.grow(10 * KB + LIMITS.freeBodyBytes) !== null) return sent
        sent.push(body)
      }
    }
    const upload = (tenant: string) =>
      begin(tenant, { 'content-type': 'multipart/form-data; boundary=b', 'x-api-key': 'k' })
    const uploadAll = (tenant: string) => {
      const sent: { release(): void }[] = []
      for (let body = upload(tenant); body; body = upload(tenant)) sent.push(body)
      return sent
    }
    return { sendAll, upload, uploadAll }
  }

  it('have all of the memory where they are those of a sole tenant', () => {
    expect(open().sendAll('hot')).toHaveLength(64)
  })

  it('leave memory for those of others, however many callers a tenant has', () => {
    const { sendAll } = open()
    for (const body of sendAll('quiet')) body.release()
    const sent = sendAll('hot')
    expect(sent).toHaveLength(48)
    // A quiet one has few up to a sixteenth of all.
    expect(sendAll('quiet')).toHaveLength(4)
    for (const body of sent) body.release()
    expect(sendAll('quiet')).toHaveLength(44)
  })

  it('with files leave a place for those of others, and a sole tenant has all places', () => {
    expect(open().uploadAll('hot')).toHaveLength(LIMITS.maxUploads)
    const { upload, uploadAll } = open()
    upload('quiet')?.release()
    const sent = uploadAll('hot')
    expect(sent).toHaveLength((LIMITS.maxUploads * 3) / 4)
    expect(upload('quiet')).not.toBeNull()
    expect(upload('quiet')).toBeNull()
    for (const body of sent) body.release()
    expect(upload('quiet')).not.toBeNull()
  })
})

describe('answers that are not read', () => {
  function open() {
    const clock = createManualClock()
    const unread = createUnreadAnswers({
      clock,
      seen: createTenantsSeen(clock),
      limits: LIMITS,
      onSlowReader: () => {},
    })
    const closed: string[] = []
    let callers = 0
    const hold = (tenant: string, bytes = 10 * KB): boolean => {
      const caller = `${tenant} ${(callers += 1)}`
      const reader = { destroy: () => closed.push(tenant) }
      return unread.of(reader).hold({ caller, tenant, bytes }) === null
    }
    const holdAll = (tenant: string): number => {
      let held = 0
      while (hold(tenant)) held += 1
      return held
    }
    return { clock, hold, holdAll, closed }
  }

  it('have all of the memory where they are those of a sole tenant', () => {
    expect(open().holdAll('hot')).toBe(64)
  })

  it('leave memory for those of others, however many callers a tenant has', () => {
    const { hold, holdAll } = open()
    hold('quiet')
    expect(holdAll('hot')).toBe(47)
    expect(hold('quiet')).toBe(true)
    expect(hold('another')).toBe(true)
  })

  it('cost those of a busy tenant their clients, and not the client of a quiet one that has waited longest', async () => {
    const { clock, hold, holdAll, closed } = open()
    hold('quiet')
    await clock.advance(LIMITS.slowReaderMs)
    holdAll('hot')
    await clock.advance(LIMITS.slowReaderMs)
    for (let index = 0; index < 100; index += 1) {
      expect(hold('hot')).toBe(true)
      await clock.advance(LIMITS.slowReaderMs)
    }
    // A busy tenant gives way to it, too, as long as the quiet one has few.
    expect(hold('quiet', 300 * KB)).toBe(true)
    expect(new Set(closed)).toEqual(new Set(['hot']))
  })
})
