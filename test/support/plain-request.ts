// Sends a request to a gateway by the way of ordinary requests, without a server between.
import type { Caller } from '../../src/callers/caller.ts'
import type { Gateway } from '../../src/gateway/gateway.ts'
import { isPlain } from '../../src/exchange/plain-exchange.ts'
import type { PlainRequest } from '../../src/exchange/plain-exchange.ts'
import { createRequestRecord } from '../../src/telemetry/request-record.ts'

/** The text of the answer; throws where the request is not answered without Yoga. */
export async function askPlainly(gateway: Gateway, caller: Caller, body: string): Promise<string> {
  const answered = await gateway.handlePlain(toPlain(body), caller, createRequestRecord('id'))
  if (!isPlain(answered)) throw new Error('not answered directly')
  return Buffer.from(answered.body[0]).toString()
}

/** The same by Yoga. */
export async function askByYoga(gateway: Gateway, caller: Caller, body: string): Promise<string> {
  const answered = await gateway.handle(toRequest(body), caller, createRequestRecord('id'))
  return answered.text()
}

function toPlain(body: string): PlainRequest {
  const { signal } = new AbortController()
  return {
    method: 'POST',
    headers: new Headers(),
    bodyType: 'application/json',
    answerType: 'application/json',
    acceptsStream: false,
    body: Buffer.from(body),
    signal,
    hasLeft: () => false,
    toRequest: () => toRequest(body),
  }
}

const toRequest = (body: string): Request =>
  new Request('http://gateway.test/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
