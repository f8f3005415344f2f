// Exchanges of connections that are closed: whoever serves one learns that its client has left.
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { expect, it } from 'vitest'
import { createConnections } from '../../../src/http/connections.ts'
import type { Exchange } from '../../../src/http/exchange.ts'
import { httpLimits } from '../../../src/http/limits.ts'
import { createUnreadAnswers } from '../../../src/http/unread-answers.ts'
import { createLoop } from '../../../src/turns/loop.ts'
import { createTenantsSeen } from '../../../src/turns/tenants-seen.ts'
import { createManualClock } from '../../support/manual-clock.ts'

function open() {
  const clock = createManualClock()
  const served: Exchange[] = []
  const connections = createConnections({
    clock,
    loop: createLoop({ clock }),
    limits: httpLimits,
    unreadAnswers: createUnreadAnswers({
      clock,
      seen: createTenantsSeen(clock),
      limits: httpLimits,
      onSlowReader: () => {},
    }),
    serve: (exchange) => void served.push(exchange),
    startParser: () => {},
    onRelief: () => {},
  })
  const socket = new Socket()
  const begin = (): Exchange => {
    const incoming = new IncomingMessage(socket)
    connections.begin(incoming, new ServerResponse(incoming))
    const exchange = served.pop()
    if (!exchange) throw new Error('it is not served')
    return exchange
  }
  connections.add(socket)
  return { connections, begin }
}

it('a request that was parsed after its connection was closed has left from the start', () => {
  const { connections, begin } = open()
  const before = begin()
  expect([before.hasLeft, before.gone.aborted]).toEqual([false, false])
  connections.closeAll()
  const after = begin()
  expect([before, after].map(({ hasLeft, gone }) => [hasLeft, gone.aborted])).toEqual([
    [true, true],
    [true, true],
  ])
})
