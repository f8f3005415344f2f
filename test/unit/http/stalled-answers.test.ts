// Clients that take nothing of their answers are disconnected, but not for the time in which this process stood still.
import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { httpLimits } from '../../../src/http/limits.ts'
import { createWriteRaw } from '../../../src/http/raw-answers.ts'
import { createUnreadAnswers } from '../../../src/http/unread-answers.ts'
import { limitStall } from '../../../src/http/write-response.ts'
import { createTenantsSeen } from '../../../src/turns/tenants-seen.ts'
import { createManualClock, settle } from '../../support/manual-clock.ts'

/** After a standstill, timers that are due run before what has come from clients is read. */
function openStanding() {
  const manual = createManualClock()
  const due = new Set<() => void>()
  const clock = {
    ...manual,
    after(_waitMs: number, callback: () => void) {
      due.add(callback)
      return () => void due.delete(callback)
    },
  }
  return {
    clock,
    standStill(): void {
      manual.standStill(60_000)
      for (const callback of due) callback()
    },
  }
}

/** An answer that the client has not taken: written by Node's parser, or without it. */
const UNREAD = {
  parsed(clock: ReturnType<typeof openStanding>['clock']) {
    const socket = new Writable()
    const outgoing = Object.assign(new EventEmitter(), { socket })
    const exchange = { incoming: { socket }, outgoing } as unknown as Parameters<typeof limitStall>[0]
    return { socket, take: limitStall(exchange, { clock, limits: httpLimits }) }
  },
  unparsed(clock: ReturnType<typeof openStanding>['clock']) {
    let isRead = false
    let onRead = (): void => {}
    const socket = new Writable({
      write(_chunk, _encoding, taken) {
        if (isRead) taken()
        else onRead = taken
      },
    })
    const take = (): void => {
      isRead = true
      onRead()
    }
    const unreadAnswers = createUnreadAnswers({
      clock,
      seen: createTenantsSeen(clock),
      limits: httpLimits,
      onSlowReader: () => {},
    })
    createWriteRaw({ clock, limits: httpLimits, unreadAnswers })(socket as unknown as Socket, {
      answer: { kind: 'bytes', status: 204, fields: [], body: [], bytes: 0 },
      requestId: 'r',
      isBodySent: true,
      isLast: false,
      caller: null,
      onOver: () => {},
    })
    return { socket, take }
  },
}

it.each(['parsed', 'unparsed'] as const)(
  'a client of %s requests that has taken its answer by the end of a standstill stays connected',
  async (how) => {
    const { clock, standStill } = openStanding()
    const { socket, take } = UNREAD[how](clock)
    standStill()
    take()
    await settle()
    expect(socket.destroyed).toBe(false)
  },
)

it.each(['parsed', 'unparsed'] as const)(
  'a client of %s requests that has not taken it then is disconnected',
  async (how) => {
    const { clock, standStill } = openStanding()
    const { socket } = UNREAD[how](clock)
    standStill()
    await settle()
    expect(socket.destroyed).toBe(true)
  },
)
