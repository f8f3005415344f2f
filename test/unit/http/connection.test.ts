// Whether the next bytes that a client gets belong to the answer to one of its requests.
import { Socket } from 'node:net'
import { expect, it } from 'vitest'
import { Connection } from '../../../src/http/connection.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const leave = (): void => {}

/** Its answer is made, and the client has not read all of it. */
const GIVEN = { leave }
const WHOLE = { leave, incoming: { complete: true }, outgoing: { headersSent: false } }
const PART = { leave, incoming: { complete: false }, outgoing: { headersSent: false } }
const ANSWERED = { leave, incoming: { complete: false }, outgoing: { headersSent: true } }

it.each([
  ['nothing is under way', [], false],
  ['a given answer is not read yet', [GIVEN], false],
  ['the body of a request is still coming', [PART], false],
  ['the body of a request is still coming behind a given answer', [GIVEN, PART], false],
  ['a request is whole', [WHOLE], true],
  ['a request is whole behind a given answer', [GIVEN, WHOLE], true],
  ['an answer has begun behind a given answer', [GIVEN, ANSWERED], true],
] as const)('decides whether an answer is owed if %s', (_, underWay, isOwed) => {
  const socket = new Socket()
  const connection = new Connection(socket, {
    clock: createManualClock(),
    loop: { isFree: () => true, hasTime: () => true, later: () => () => {} },
    limits: {
      maxUnderWayOfConnection: 10,
      readMinBytes: 1024,
      readFirstBytes: 1024,
      readMaxBytes: 1024,
      headMaxKeptBytes: 1024,
      headersTimeoutMs: 1000,
      keepAliveTimeoutMs: 1000,
    },
    startParser: () => {},
    onHeld: () => {},
  })
  for (const each of underWay) connection.underWay.add(each)

  expect(connection.isAnswerOwed).toBe(isOwed)

  socket.destroy()
})
