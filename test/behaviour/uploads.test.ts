// A file reaches Aurora as it was sent, however its form arrives.
import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { createSystemClock } from '../../src/clock.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'
import { listenLocally } from '../support/local-server.ts'

/** Keeps what is posted to it. */
async function openAurora() {
  const posted: { readonly headers: IncomingMessage['headers']; readonly bytes: Buffer }[] = []
  const server: Server = createServer((request, response) => {
    void buffer(request).then((bytes) => {
      if (request.method === 'POST') posted.push({ headers: request.headers, bytes })
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ utility_bill_upload_job: { job_id: 'j-1', status: 'running' } }))
    })
  })
  const local = await listenLocally(server)
  return {
    url: local.url,
    posted,
    async [Symbol.asyncDispose]() {
      await local[Symbol.asyncDispose]()
    },
  }
}

const UPLOAD = `mutation ($file: File!) {
  uploadUtilityBill(projectId: "p-1", file: $file) { job { id } errors { code message } }
}`

async function formWith(file: Uint8Array<ArrayBuffer>) {
  const form = new FormData()
  form.append('operations', JSON.stringify({ query: UPLOAD, variables: { file: null } }))
  form.append('map', JSON.stringify({ 0: ['variables.file'] }))
  form.append('0', new File([file], 'bill.png', { type: 'image/png' }))
  const written = new Response(form)
  return {
    type: written.headers.get('content-type') ?? '',
    bytes: new Uint8Array(await written.arrayBuffer()),
  }
}

/** More bytes than a socket brings at once, each unlike its neighbours. */
const fileOf = (length: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) & 0xff)

function inPieces(bytes: Uint8Array): ReadableStream {
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at === bytes.length) return controller.close()
      controller.enqueue(bytes.subarray(at, (at += Math.min(300_000, bytes.length - at))))
    },
  })
}

it.each<[string, number, (bytes: Uint8Array<ArrayBuffer>) => BodyInit]>([
  ['with its length', 3_000_000, (bytes) => bytes],
  ['without its length', 3_000_000, inPieces],
  ['with its length, in one piece', 1000, (bytes) => bytes],
])('a file in a form that comes %s is sent byte for byte', async (_, length, toBody) => {
  await using aurora = await openAurora()
  await using gateway = await createTestGateway({ baseUrl: aurora.url, clock: createSystemClock() })
  const { handle, handlePlain } = gateway.gateway
  await using served = await serveOnLoopback(gateway, { handle, handlePlain })
  const file = fileOf(length)
  const { type, bytes } = await formWith(file)

  const response = await fetch(`${served.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': type, 'graphql-require-preflight': 'true' },
    body: toBody(bytes),
    duplex: 'half',
  } as RequestInit)

  expect(await response.json()).toMatchObject({ data: { uploadUtilityBill: { errors: [] } } })
  expect(aurora.posted).toHaveLength(1)
  expect(aurora.posted[0]?.headers).toMatchObject({
    'content-type': 'image/png',
    'content-length': String(length),
  })
  expect(aurora.posted[0]?.bytes.equals(file)).toBe(true)
})
