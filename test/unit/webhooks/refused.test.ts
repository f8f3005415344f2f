// Webhooks with a wrong secret: those that wait until no replica trusts in webhooks any more are few, and the others wait for nothing.
import { expect, it } from 'vitest'
import { createReceiveWebhook } from '../../../src/webhooks/receive.ts'
import type { Received } from '../../../src/webhooks/receive.ts'
import type { TenantKey } from '../../../src/rest/scope.ts'
import { settle } from '../../support/manual-clock.ts'

const tenant = '0123456789abcdef' as TenantKey

function open() {
  const doubts: (() => void)[] = []
  const receive = createReceiveWebhook({
    senders: {
      isOn: () => true,
      named: () => tenant,
      received: () => new Set([tenant]),
      identify: () => 'unknown',
    },
    cache: { outdate: () => {}, projectsAbove: () => undefined },
    report: null,
    emit: () => {},
    proofs: { take: () => {}, doubt: () => new Promise((resolve) => doubts.push(resolve)) },
  })
  const answers: Received[] = []
  return {
    doubts,
    answers,
    send: (mayWait?: (why: 'unnamed' | 'unknown') => boolean) =>
      void Promise.resolve(
        receive({
          tenant: null,
          event: 'project_changed',
          query: new URLSearchParams(),
          fields: new Headers(),
          method: 'GET',
          ...(mayWait && { mayWait }),
        }),
      ).then((received) => answers.push(received)),
  }
}

it('a hundred wait at once, and what comes beyond them is refused at once', async () => {
  const { send, doubts, answers } = open()
  for (let sent = 0; sent < 103; sent += 1) send()
  await settle()
  expect([answers, doubts.length]).toEqual([['unknown', 'unknown', 'unknown'], 103])
  for (const resolve of doubts) resolve()
  await settle()
  expect(answers).toHaveLength(103)
  send()
  await settle()
  expect(answers).toHaveLength(103)
})

it('whoever has sent too many waits for nothing, and the doubt is reported all the same', async () => {
  const { send, doubts, answers } = open()
  send(() => false)
  await settle()
  expect([answers, doubts.length]).toEqual([['unknown'], 1])
})
