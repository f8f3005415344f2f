// The lines about requests: one for each, but one a second for all webhooks that were recorded.
import { expect, it } from 'vitest'
import { createAccessLog } from '../../../src/telemetry/access-log.ts'
import { createRequestRecord } from '../../../src/telemetry/request-record.ts'
import type { Served } from '../../../src/telemetry/request-record.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const WEBHOOK = '/webhooks/aurora/project_changed'

const served = (id: string, path: string, status: number): Served => ({
  record: createRequestRecord(id),
  method: 'GET',
  path,
  status,
  bytes: 0,
  durationMs: 1,
  isCutShort: false,
})

function open() {
  const clock = createManualClock(1000)
  const lines: object[] = []
  const info = (fields: object): void => void lines.push(fields)
  let end = (): void => {}
  const beforeEnd = (writeRest: () => void): void => void (end = writeRest)
  const note = createAccessLog({ info, warn: info, error: info, beforeEnd }, clock)
  return { clock, note, end: () => end(), lines: () => lines.splice(0) }
}

it('webhooks that were recorded have one line at once, and one a second for all that follow', async () => {
  const { clock, note, lines } = open()
  for (const id of ['a', 'b', 'c']) note(served(id, WEBHOOK, 204))
  expect(lines()).toMatchObject([{ requestId: 'a', path: WEBHOOK, status: 204 }])
  await clock.advance(999)
  expect(lines()).toEqual([])
  await clock.advance(1)
  expect(lines()).toMatchObject([{ requestId: 'c', times: 2 }])
  note(served('d', WEBHOOK, 204))
  expect(lines()).toEqual([])
  await clock.advance(1000)
  expect(lines()).toMatchObject([{ requestId: 'd', times: 1 }])
  await clock.advance(1000)
  note(served('e', WEBHOOK, 204))
  const [line] = lines()
  expect(line).toMatchObject({ requestId: 'e' })
  expect(line).not.toHaveProperty('times')
})

it('webhooks that wait for their line have it when the process ends', async () => {
  const { clock, note, lines, end } = open()
  for (const id of ['a', 'b', 'c']) note(served(id, WEBHOOK, 204))
  lines()
  end()
  expect(lines()).toMatchObject([{ requestId: 'c', times: 2 }])
  end()
  await clock.advance(1000)
  expect(lines()).toEqual([])
})

it('a webhook that was refused, not recorded or not waited for has a line of its own, as other requests have', () => {
  const { note, lines } = open()
  note(served('a', WEBHOOK, 204))
  for (const status of [401, 429, 503]) note(served('b', WEBHOOK, status))
  for (const id of ['c', 'd']) note(served(id, '/graphql', 204))
  note({ ...served('e', WEBHOOK, 204), isCutShort: true })
  expect(lines()).toMatchObject(['a', 'b', 'b', 'b', 'c', 'd', 'e'].map((requestId) => ({ requestId })))
})

it('the name of an operation is cut as other texts of callers are: a document may consist of it', () => {
  const { note, lines } = open()
  const record = createRequestRecord('a')
  record.operation = { type: 'query', name: 'N'.repeat(16_000) }
  note({ ...served('a', '/graphql', 200), record })
  expect(lines()).toMatchObject([{ operationType: 'query', operationName: 'N'.repeat(128) }])
})

it('a long path ends with a whole part: a secret that is cut in two would not be recognized in the line', () => {
  const { note, lines } = open()
  const start = `/${'x'.repeat(100)}/`
  note(served('a', `${start}canary-of-the-token-of-the-caller`, 404))
  note(served('b', `/${'canary'.repeat(100)}`, 404))
  note(served('c', `/${'x'.repeat(127)}`, 404))
  expect(lines()).toMatchObject([{ path: start }, { path: '/' }, { path: `/${'x'.repeat(127)}` }])
})
