// Answers, without Node's parser, a webhook whose head is plain, even if it is the first request of its connection: senders open a connection for each.

import type { Clock } from '../clock.ts'
import { createRequestRecord } from '../telemetry/request-record.ts'
import type { Soon } from '../turns/at-once.ts'
import type { Received, ReceiveWebhook, WebhookRequest } from '../webhooks/receive.ts'
import type { Given, GiveWebhook, Piece } from './again.ts'
import { notRecorded, readAddress, recorded } from './answer-webhook.ts'
import type { BytesAnswer } from './bytes-answer.ts'
import { isRequestId } from './headers.ts'
import { readPlainHead } from './plain-head.ts'
import type { WriteRaw } from './raw-answers.ts'
import type { ServeExchangeOptions } from './serve-exchange.ts'

export interface GiveWebhookOptions extends Pick<
  ServeExchangeOptions,
  'newId' | 'isClosing' | 'onServed' | 'onOver' | 'answerOptions'
> {
  readonly receive: ReceiveWebhook
  readonly writeRaw: WriteRaw
  readonly clock: Clock
}

/** The same bytes for every webhook: no field is added here. */
const RECORDED = recorded()

const BEGINNING = Buffer.from('GET /webhooks/aurora/')

/** Most pieces are no webhooks. */
const beginsRightly = (bytes: Buffer): boolean =>
  bytes.length > BEGINNING.length && bytes.compare(BEGINNING, 0, BEGINNING.length, 0, BEGINNING.length) === 0

/** One webhook, from its head to its line in the log. */
interface Receiving extends Pick<Piece, 'socket'> {
  readonly requestId: string
  readonly isLast: boolean
  /** `status` is null if no answer could be written. */
  onOver(status: number | null, bytes: number, isCutShort: boolean): void
}

/** A webhook that would be refused is left to the ordinary way, which refuses and counts it. */
export function createGiveWebhook(options: GiveWebhookOptions): GiveWebhook {
  const { receive, newId, isClosing, clock, writeRaw } = options

  const give = ({ socket, requestId, isLast, onOver }: Receiving, answer: BytesAnswer): 'taken' | Given =>
    writeRaw(socket, {
      answer,
      requestId,
      isBodySent: true,
      isLast: isLast || isClosing(),
      // As for other answers that the http room gives by itself.
      caller: null,
      onOver: (isCutShort) => onOver(answer.status, answer.bytes, isCutShort),
    })
  const givingLater: GivingLater = { newId, answerOptions: options.answerOptions, give }
  return ({ socket, bytes }) => {
    if (!beginsRightly(bytes) || isClosing() || !socket.writable || socket.writableLength > 0) return null
    const head = readPlainHead(bytes)
    const asked = head && readAddress(head.target)
    if (!asked) return null
    const beganAtMs = clock.monotonicMs()
    const received = tryToReceive(receive, {
      tenant: asked.tenant,
      event: asked.event,
      query: asked.query,
      fields: head,
      method: 'GET',
      isTrial: true,
    })
    if (!(received instanceof Promise) && received !== 'recorded') return null
    const given = head.get('x-request-id')
    const requestId = given !== null && isRequestId(given) ? given : newId()
    const searchAt = head.target.indexOf('?')
    const path = searchAt === -1 ? head.target : head.target.slice(0, searchAt)
    const receiving: Receiving = {
      socket,
      requestId,
      isLast: head.isLast,
      onOver(status, sent, isCutShort) {
        const record = createRequestRecord(requestId)
        const durationMs = clock.monotonicMs() - beganAtMs
        options.onServed?.({ record, method: 'GET', path, status, bytes: sent, durationMs, isCutShort })
        options.onOver()
      },
    }
    if (!(received instanceof Promise)) return give(receiving, RECORDED)
    return giveLater(
      receiving,
      received.then((later) => (later === 'recorded' ? RECORDED : notRecorded())),
      givingLater,
    )
  }
}

/** Null at a fault: the parser then reads the same bytes, and reports the fault if it happens again. */
function tryToReceive(receive: ReceiveWebhook, request: WebhookRequest): Soon<Received> | null {
  try {
    return receive(request)
  } catch {
    return null
  }
}

interface GivingLater extends Pick<GiveWebhookOptions, 'newId' | 'answerOptions'> {
  give(receiving: Receiving, answer: BytesAnswer): 'taken' | Given
}

/** Gives the answer later, because other replicas are notified first. */
function giveLater(
  receiving: Receiving,
  answered: Promise<BytesAnswer>,
  { give, newId, answerOptions }: GivingLater,
): Given {
  const { socket, requestId, onOver } = receiving
  let written: 'taken' | Given | null = null
  let hasLeft = false
  const later: Given = {
    onTaken: null,
    isAlone: true,
    leave() {
      hasLeft = true
      if (written !== null && written !== 'taken') written.leave()
    },
  }
  const write = (answer: BytesAnswer): void => {
    if (hasLeft) return onOver(answer.status, 0, true)
    written = give(receiving, answer)
    if (written === 'taken') return later.onTaken?.()
    written.onTaken = () => later.onTaken?.()
  }
  void answered.then(write).catch((error: unknown) => {
    if (!hasLeft) answerOptions.onError(error, newId(), requestId)
    socket.destroy()
    onOver(null, 0, true)
  })
  return later
}
