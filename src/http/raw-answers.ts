// Writes answers straight to a connection, without Node's ServerResponse, for requests that Node's parser has not read.

import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock } from '../clock.ts'
import type { Given } from './again.ts'
import type { BytesAnswer } from './bytes-answer.ts'
import { partyOf } from './check-newcomer.ts'
import type { CheckedCaller } from './check-newcomer.ts'
import { ageIn, writeDate } from './date-field.ts'
import type { HttpLimits } from './limits.ts'
import { NOBODY } from './unread-answers.ts'
import type { UnreadAnswers } from './unread-answers.ts'
import { afterReading } from '../turns/after-reading.ts'

export interface RawAnswersOptions {
  readonly clock: Clock
  readonly limits: Pick<HttpLimits, 'keepAliveTimeoutMs' | 'stallTimeoutMs'>
  readonly unreadAnswers: UnreadAnswers
}

export interface RawAnswer {
  readonly answer: BytesAnswer
  readonly requestId: string
  readonly isBodySent: boolean
  /** Whether the connection closes after it. */
  readonly isLast: boolean
  /** Under whose name the answer is counted until it is taken; null: nobody's. */
  readonly caller: CheckedCaller | null
  /** Called once, when the operating system has taken all of it or the connection is closed. */
  onOver(isCutShort: boolean): void
}

/** Returns `taken` if the operating system has taken all of it. */
export type WriteRaw = (socket: Socket, answer: RawAnswer) => 'taken' | Given

export function createWriteRaw(options: RawAnswersOptions): WriteRaw {
  const headOf = createHeads(options)
  return (socket, raw) => {
    write(socket, headOf(raw), raw.isBodySent ? raw.answer.body : [])
    if (socket.writableLength > 0) return hold(socket, raw, options)
    // If the write has failed at once, nothing waits to be sent.
    const isCutShort = socket.destroyed || socket.errored !== null
    // All bytes from the client are read, so closing cannot reset the connection and lose the answer.
    if (raw.isLast) socket.destroy()
    raw.onOver(isCutShort)
    return 'taken'
  }
}

function write(socket: Socket, head: string, body: readonly Uint8Array[]): void {
  if (body.length === 0) return void socket.write(head, 'latin1')
  socket.cork()
  socket.write(head, 'latin1')
  for (const part of body) socket.write(part)
  socket.uncork()
}

/** What ends a head, with a `Date`. */
interface Ends {
  readonly ifOpen: string
  readonly ifLast: string
}

/** Answers that are in use have some hundred ages. */
const MAX_ENDS = 1000

/** The head as Node writes it. What most answers share is made once, because each text that is put together is garbage afterwards. */
function createHeads({ clock, limits }: RawAnswersOptions) {
  const staysOpen = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(limits.keepAliveTimeoutMs / 1000)}\r\n\r\n`
  const closes = 'Connection: close\r\n\r\n'
  const ends = new Map<number, Ends>()
  const endsAt = (wallMs: number, age: number): Ends => {
    const second = Math.floor(wallMs / 1000) - age
    const found = ends.get(second)
    if (found) return found
    if (ends.size >= MAX_ENDS) ends.clear()
    const date = `\r\nDate: ${writeDate(wallMs, age)}\r\n`
    const made = { ifOpen: date + staysOpen, ifLast: date + closes }
    ends.set(second, made)
    return made
  }
  let last: Pick<BytesAnswer, 'status' | 'fields'> = { status: 0, fields: [] }
  let beginning = ''
  let age = 0
  return ({ answer: { status, fields }, requestId, isLast }: RawAnswer): string => {
    if (last.status !== status || last.fields !== fields) {
      last = { status, fields }
      beginning = beginningOf(status, fields)
      age = ageIn(fields)
    }
    const { ifOpen, ifLast } = endsAt(clock.wallMs(), age)
    return beginning + requestId + (isLast ? ifLast : ifOpen)
  }
}

function beginningOf(status: number, fields: BytesAnswer['fields']): string {
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`
  for (let index = 0; index < fields.length; index += 2) text += `${fields[index]}: ${fields[index + 1]}\r\n`
  return `${text}x-request-id: `
}

function hold(
  socket: Socket,
  { answer: { bytes }, caller, isLast, onOver }: RawAnswer,
  { clock, limits, unreadAnswers }: RawAnswersOptions,
): Given {
  const unread = unreadAnswers.of(socket)
  // It is written already, so it is counted, whatever bound is reached.
  unread.hold({ bytes: 0, ...(caller ? partyOf(caller) : NOBODY) })
  unread.resize(bytes)
  const cancel = afterReading(clock, limits.stallTimeoutMs, () => socket.destroy())
  let isOver = false
  const end = (isCutShort: boolean): void => {
    if (isOver) return
    isOver = true
    cancel()
    unread.release()
    onOver(isCutShort)
  }
  const given: Given = { onTaken: null, isAlone: isLast, leave: () => end(true) }
  // Called when everything before it was taken.
  socket.write('', (error) => {
    if (error) return end(true)
    if (isLast) socket.destroySoon()
    end(false)
    given.onTaken?.()
  })
  return given
}
