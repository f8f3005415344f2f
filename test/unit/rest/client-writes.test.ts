// What a write sends, and what is reported when its answer is unusual, late or lost.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { createSystemClock } from '../../../src/clock.ts'
import type { Clock } from '../../../src/clock.ts'
import { createHmacAuthentication, stringToSign } from '../../../src/rest/authentication.ts'
import { AttemptError } from '../../../src/rest/attempt-error.ts'
import { createScope } from '../../../src/rest/scope.ts'
import { createClient } from '../../../src/rest/client.ts'
import { READS } from '../../../src/aurora/reads.ts'
import { WRITES } from '../../../src/aurora/writes.ts'
import { buildCall, buildScope, createEventLog, nth, TENANT_ID } from '../../support/builders.ts'
import type { CallParts } from '../../support/builders.ts'
import { listenLocally } from '../../support/local-server.ts'

interface Arrived {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((thing) => thing.close()))
})

/** An attempt ends when this is called and at no other time, so nothing depends on the speed of the machine. */
type EndTime = () => void

async function connect(answer: (response: ServerResponse, endTime: EndTime) => void) {
  let endTime: EndTime = () => expect.unreachable('no attempt is under way')
  const clock: Clock = {
    ...createSystemClock(),
    after: (_ms, alarm) => ((endTime = alarm), () => {}),
  }
  const arrived: Arrived[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      arrived.push({ method, url, headers, body: Buffer.concat(chunks).toString('latin1') })
      answer(response, endTime)
    })
  })
  const local = await listenLocally(server)
  const baseUrl = new URL(local.url)
  const client = createClient({
    apiVersion: null,
    attemptTimeoutMs: 120_000,
    maxReplyBytes: 64 * 1024,
    clock,
    emit: createEventLog().emit,
  })
  open.push(client, {
    async close() {
      await local[Symbol.asyncDispose]()
    },
  })
  const send = (operation: keyof typeof WRITES, parts: CallParts = {}) =>
    client.send(
      buildCall({
        endpoint: WRITES[operation],
        path: { project_id: 'p-1' },
        scope: { ...buildScope(), baseUrl },
        ...parts,
      }),
    )
  const failureOf = async (...given: Parameters<typeof send>): Promise<AttemptError> => {
    const error: unknown = await send(...given).then(
      (reply) => new Error(`answered ${reply.status}`),
      (reason: unknown) => reason,
    )
    if (error instanceof AttemptError) return error
    throw error
  }
  return { send, failureOf, arrived, baseUrl }
}

const answerJson =
  (status: number, body: unknown) =>
  (response: ServerResponse): void =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

const PROJECT = answerJson(200, { project: { id: 'p-1', name: 'Roof' } })

describe('on the wire', () => {
  it('JSON is sent as it is given', async () => {
    const { send, arrived } = await connect(PROJECT)
    const json = { project: { name: 'Dach "Süd"', tags: [] } }
    expect(await send('updateProject', { body: { json } })).toMatchObject({ value: { id: 'p-1' } })
    expect(arrived).toMatchObject([
      {
        method: 'PUT',
        url: `/tenants/${TENANT_ID}/projects/p-1`,
        headers: { 'content-type': 'application/json', accept: 'application/json' },
      },
    ])
    expect(JSON.parse(Buffer.from(nth(arrived, 0).body, 'latin1').toString('utf8'))).toEqual(json)
  })

  it('a POST without a body sends an empty object, a DELETE nothing', async () => {
    const { send, arrived } = await connect((response) => void response.writeHead(204).end())
    await send('createProposal', { path: { design_id: 'd-1' } })
    await send('deleteDefaultProposal', { path: { design_id: 'd-1' } })
    expect(arrived.map(({ method, body }) => [method, body])).toEqual([
      ['POST', '{}'],
      ['DELETE', ''],
    ])
    expect(nth(arrived, 1).headers).not.toHaveProperty('content-type')
  })

  it.each([
    ['bill.pdf', 'attachment; filename="bill.pdf"'],
    ['a "b".pdf', `attachment; filename="a _b_.pdf"; filename*=UTF-8''a%20%22b%22.pdf`],
    [
      'März\r\nx: y.pdf',
      `attachment; filename="M_rz__x: y.pdf"; filename*=UTF-8''M%C3%A4rz%0D%0Ax%3A%20y.pdf`,
    ],
  ])('a file is sent as its bytes, its name %j beside it', async (name, disposition) => {
    const { send, arrived } = await connect(answerJson(202, { utility_bill_upload_job: { job_id: 'j' } }))
    const bytes = Uint8Array.from([0, 255, 13, 10, 37])
    const body = { file: { name, mediaType: 'application/pdf', bytes } }
    expect(await send('runUtilityBillUpload', { body })).toMatchObject({ value: { job_id: 'j' } })
    expect(nth(arrived, 0).headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-disposition': disposition,
      'content-length': '5',
    })
    expect([...Buffer.from(nth(arrived, 0).body, 'latin1')]).toEqual([...bytes])
  })

  it('an older signature covers the body, flattened', async () => {
    const { send, arrived, baseUrl } = await connect(PROJECT)
    const clock = createSystemClock()
    const authentication = createHmacAuthentication('demo-key-01', 'demo-secret-01', clock)
    const json = { project: { name: 'South roof' } }
    await send('updateProject', {
      body: { json },
      scope: createScope({ tenantId: TENANT_ID, baseUrl, authentication }),
    })
    const url = new URL(nth(arrived, 0).url, 'http://aurora')
    expect(url.searchParams.get('Signature')).toHaveLength(44)
    const signed = { method: 'PUT', pathname: url.pathname, query: {}, body: json }
    expect(stringToSign(signed, 'demo-key-01', 't')).toContain('\nproject.name=South%20roof\n')
  })
})

describe('an answer', () => {
  it.each([
    ['without a body', (response: ServerResponse) => void response.writeHead(204).end()],
    ['of no bytes', (response: ServerResponse) => void response.writeHead(202).end()],
  ])('%s says that it is done, and nothing of it', async (_, answer) => {
    const { send } = await connect(answer)
    expect(await send('updateProject')).toMatchObject({ value: null })
  })

  it('to a deletion is not read, whatever it contains', async () => {
    const { send } = await connect((response) => void response.writeHead(200).end('<p>gone</p>'))
    expect(await send('deleteProject')).toMatchObject({ value: null })
  })

  it.each([
    ['a page', '<!DOCTYPE html><title>Sign in</title>'],
    ['a page of XHTML', ' <?xml version="1.0"?>\n<html lang="en"><p>Maintenance</p></html>'],
    ['a page behind a comment', '<!-- for old browsers -->\n<!-- > --><html><p>Maintenance</p></html>'],
    ['errors', '{"errors":[{"message":"in use"}]}'],
    ['errors beside nothing', '{"project":null,"errors":["in use"],"status":500}'],
    ['an error', '{"error":"in use"}'],
  ])('of 2xx that is %s does not show that the write was carried out', async (_, body) => {
    const { send, arrived } = await connect((response) => void response.writeHead(200).end(body))
    for (const operation of ['updateProject', 'deleteProject'] as const) {
      await expect(send(operation)).rejects.toMatchObject({
        code: 'UPSTREAM_INVALID',
        details: { outcome: 'UNKNOWN' },
      })
    }
    expect(arrived.map(({ method }) => method)).toEqual(['PUT', 'DELETE'])
  })

  it.each(['{"project":{"id":"p-1","name":"n"},"errors":[]}', '{"project":{"id":"p-1"},"errors":["slow"]}'])(
    'that has the object beside errors shows it: %s',
    async (body) => {
      const { send } = await connect((response) => void response.writeHead(200).end(body))
      expect(await send('updateProject')).toMatchObject({ value: { id: 'p-1' } })
    },
  )

  it.each([
    '{"error":false,"message":"deleted"}',
    '{"errors":{},"status":"ok"}',
    '{"error":0,"success":true}',
  ])('to a deletion that says that there was no error is a success: %s', async (body) => {
    const { send } = await connect((response) => void response.writeHead(200).end(body))
    expect(await send('deleteProject')).toMatchObject({ value: null })
  })

  it.each([
    ['under its name', { performance_simulation_job: { job_id: 'j' } }],
    ['under another name', { simulation: { job_id: 'j' }, took: 3 }],
    ['without a name', { job_id: 'j', error: {} }],
  ])('describes a job %s', async (_, body) => {
    const { send } = await connect(answerJson(202, body))
    expect(await send('runPerformanceSimulation', { path: { design_id: 'd-1' } })).toMatchObject({
      value: { job_id: 'j' },
    })
  })

  it('of a status may come under another name as well, and is that of the job asked for', async () => {
    const { send } = await connect(answerJson(200, { job: { job_id: 'j-1', status: 'running' } }))
    const poll = (jobId: string) =>
      send('runAiRoof', {
        endpoint: READS.retrieveAiRoofStatus,
        path: { design_id: 'd-1' },
        query: { job_id: jobId },
      })
    expect(await poll('j-1')).toMatchObject({ value: { status: 'running' } })
    await expect(poll('j-2')).rejects.toMatchObject({ code: 'UPSTREAM_INVALID' })
  })

  it('may show another object than the one it was sent to', async () => {
    const { send } = await connect(answerJson(200, { design: { id: 'd-2', project_id: 'p-1' } }))
    expect(await send('duplicateDesign', { path: { design_id: 'd-1' } })).toMatchObject({
      value: { id: 'd-2' },
    })
  })
})

describe('the outcome of a write', () => {
  it('is unknown where the connection breaks before an answer', async () => {
    const { failureOf, arrived } = await connect((response) => response.socket?.resetAndDestroy())
    const error = await failureOf('updateProject')
    expect(error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', details: { outcome: 'UNKNOWN' } })
    expect(error.message).toContain('not known')
    expect(arrived).toHaveLength(1)
  })

  it('is unknown where no answer comes in time', async () => {
    const { failureOf } = await connect((_, endTime) => endTime())
    expect(await failureOf('updateProject')).toMatchObject({
      code: 'UPSTREAM_TIMEOUT',
      details: { outcome: 'UNKNOWN' },
    })
  })

  it.each([
    [
      'is cut',
      (response: ServerResponse) =>
        void response
          .writeHead(200, { 'content-length': '99' })
          .write('{"pro', () => void response.socket?.end()),
    ],
    [
      'has no end in time',
      (response: ServerResponse, endTime: EndTime) => {
        // The headers of the answer have come.
        const end = (): void => {
          unsubscribe('undici:request:headers', end)
          setImmediate(endTime)
        }
        subscribe('undici:request:headers', end)
        response.writeHead(200, { 'content-length': '99' }).write('{"pro')
      },
    ],
    ['is no JSON', (response: ServerResponse) => void response.writeHead(200).end('<p>done</p>')],
    ['shows nothing', answerJson(200, { project: {} })],
  ])('is that it was done where a success %s', async (_, answer) => {
    const { failureOf } = await connect(answer)
    const error = await failureOf('updateProject')
    expect(error.details.outcome).toBe('DONE')
    expect(error.message).toContain('It was carried out.')
  })

  it('is nothing where no connection was made', async () => {
    const { failureOf } = await connect(PROJECT)
    await open.at(-1)?.close()
    open.pop()
    const error = await failureOf('updateProject')
    expect(error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', wasSent: false })
    expect(error.details.outcome).toBeUndefined()
  })

  it('is waited for although the caller has left, and nothing is sent for a caller that left before', async () => {
    const leaving = new AbortController()
    const { send, arrived } = await connect((response) => {
      leaving.abort(new Error('left'))
      setTimeout(() => PROJECT(response), 20)
    })
    expect(await send('updateProject', { signal: leaving.signal })).toMatchObject({ value: { id: 'p-1' } })
    await expect(send('updateProject', { signal: leaving.signal })).rejects.toThrow('left')
    expect(arrived).toHaveLength(1)
  })
})
