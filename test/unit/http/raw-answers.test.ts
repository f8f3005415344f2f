// The head of an answer that is written without Node: its text is put together once a second, and for each status and its fields.
import type { Socket } from 'node:net'
import { Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { httpLimits } from '../../../src/http/limits.ts'
import { createWriteRaw } from '../../../src/http/raw-answers.ts'
import type { RawAnswer } from '../../../src/http/raw-answers.ts'
import { createUnreadAnswers } from '../../../src/http/unread-answers.ts'
import { createTenantsSeen } from '../../../src/turns/tenants-seen.ts'
import { createManualClock } from '../../support/manual-clock.ts'

function open() {
  const clock = createManualClock()
  const limits = { ...httpLimits, keepAliveTimeoutMs: 65_000 }
  const unreadAnswers = createUnreadAnswers({
    clock,
    seen: createTenantsSeen(clock),
    limits,
    onSlowReader: () => {},
  })
  const writeRaw = createWriteRaw({ clock, limits, unreadAnswers })
  return {
    clock,
    write(fields: string[], { requestId = 'r', isLast = false, status = 204 } = {}): string {
      let text = ''
      const socket = new Writable({
        decodeStrings: false,
        write(chunk: string, _encoding, taken) {
          text += chunk
          taken()
        },
      })
      const answer: RawAnswer['answer'] = { kind: 'bytes', status, fields, body: [], bytes: 0 }
      const raw = { answer, requestId, isBodySent: true, isLast, caller: null, onOver: () => {} }
      expect(writeRaw(socket as unknown as Socket, raw)).toBe('taken')
      expect(socket.destroyed).toBe(isLast)
      return text
    },
  }
}

it('each answer has its own status, fields and id, and the date of its second', async () => {
  const { clock, write } = open()
  const shared = ['cache-control', 'no-store']
  const dates: string[] = []
  const expected = (line: string, field: string, id: string, end: string): string => {
    const date = new Date(clock.wallMs()).toUTCString()
    dates.push(date)
    return `HTTP/1.1 ${line}\r\n${field}\r\nx-request-id: ${id}\r\nDate: ${date}\r\n${end}\r\n\r\n`
  }
  const stays = 'Connection: keep-alive\r\nKeep-Alive: timeout=65'
  const closing = 'Connection: close'
  for (let second = 0; second < 3; second += 1) {
    expect(write(shared)).toBe(expected('204 No Content', 'cache-control: no-store', 'r', stays))
    expect(write(shared, { requestId: 'other', isLast: true })).toBe(
      expected('204 No Content', 'cache-control: no-store', 'other', closing),
    )
    expect(write(shared, { status: 503 })).toBe(
      expected('503 Service Unavailable', 'cache-control: no-store', 'r', stays),
    )
    expect(write(['etag', '"a"'], { status: 503 })).toBe(
      expected('503 Service Unavailable', 'etag: "a"', 'r', stays),
    )
    await clock.advance(1000)
  }
  expect(new Set(dates).size).toBe(3)
})
