// How each fault looks on the wire.

import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createGzip } from 'node:zlib'
import { JSON_TYPE, sendJson } from './exchange.ts'
import type { Exchange } from './exchange.ts'
import { isLatencyFault, UPSTREAM_CANARY } from './faults.ts'
import type { Fault, NamedFault, StatusFault } from './faults.ts'
import type { Answer } from './operation.ts'

export type FaultSender = (fault: Fault, exchange: Exchange, answer: Answer) => Promise<void>

const HUGE_BYTES = 50 * 1024 * 1024
const BOMB_BYTES = 64 * 1024 * 1024
const PIECE_BYTES = 64 * 1024
const BIG_HEADER_BYTES = 100 * 1024
const DRIP_MS = 100
/** The head of gzip data (RFC 1952, 2.3), without which a body is taken for plain text. */
const GZIP_START = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])

const HTML_TYPE = { 'content-type': 'text/html; charset=utf-8' }
const HTML = `<!DOCTYPE html><html><body><h1>Something went wrong</h1><p>${UPSTREAM_CANARY}</p></body></html>`

/** `answer` is the answer without the fault; faults that only damage the transport still send it. */
export function createFaultSender(): FaultSender {
  // Built at its first use: most simulators never send it.
  let bomb: Promise<Buffer> | undefined
  const named: Readonly<Record<NamedFault, (exchange: Exchange, text: string) => void | Promise<unknown>>> = {
    reset: (exchange) => exchange.cut('reset'),
    // No answer is sent until the client leaves or the simulator closes.
    hang: () => undefined,
    truncate: async (exchange, text) => {
      const bytes = Buffer.from(text)
      const response = exchange.start(200, { ...JSON_TYPE, 'content-length': bytes.length })
      response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => exchange.cut('end'))
    },
    empty: (exchange) => void exchange.start(200, { ...JSON_TYPE, 'content-length': 0 }).end(),
    html: (exchange) => void exchange.start(200, HTML_TYPE).end(HTML),
    huge: (exchange) => pipeline(Readable.from(fillJson(HUGE_BYTES)), exchange.start(200, JSON_TYPE)),
    'gzip-bomb': async (exchange) => {
      const bytes = await (bomb ??= packBomb())
      exchange
        .start(200, { ...JSON_TYPE, 'content-encoding': 'gzip', 'content-length': bytes.length })
        .end(bytes)
    },
    drip,
    'big-headers': (exchange, text) => {
      exchange.start(200, { ...JSON_TYPE, 'x-filler': 'x'.repeat(BIG_HEADER_BYTES) }).end(text)
    },
    'not-json': (exchange) => void exchange.start(200, JSON_TYPE).end(`{"projects": [ ${UPSTREAM_CANARY}`),
    'wrong-shape': (exchange) => sendJson(exchange, 200, { result: { text: UPSTREAM_CANARY } }),
    // A name that can never exist (RFC 2606), so that following it fails by itself.
    redirect: (exchange) => void exchange.start(302, { location: 'http://elsewhere.invalid/' }).end(),
    'bad-encoding': (exchange, text) => {
      const body = Buffer.concat([GZIP_START, Buffer.from(text)])
      exchange.start(200, { ...JSON_TYPE, 'content-encoding': 'gzip' }).end(body)
    },
  }

  const send: FaultSender = async (fault, exchange, answer) => {
    if (typeof fault === 'string') {
      await named[fault](exchange, JSON.stringify(answer.body))
    } else if (isLatencyFault(fault)) {
      await exchange.clock.sleep(fault.latency, exchange.signal)
      if (fault.next !== undefined) await send(fault.next, exchange, answer)
      else await sendJson(exchange, answer.status, answer.body)
    } else {
      sendStatus(exchange, fault)
    }
  }
  return send
}

function sendStatus(exchange: Exchange, { status, body = 'json', headers, retryAfter }: StatusFault): void {
  const [type, text] = {
    json: [JSON_TYPE, `{"errors":[{"message":"Made to fail (${UPSTREAM_CANARY})"}]}`] as const,
    html: [HTML_TYPE, HTML] as const,
    text: [{ 'content-type': 'text/plain' }, `upstream said ${UPSTREAM_CANARY}`] as const,
    empty: [{ 'content-length': '0' }, ''] as const,
  }[body]
  const retry = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
  exchange.start(status, { ...type, ...retry, ...headers }).end(text)
}

async function drip(exchange: Exchange, text: string): Promise<void> {
  const bytes = Buffer.from(text)
  const response = exchange.start(200, { ...JSON_TYPE, 'content-length': bytes.length })
  for (let index = 0; index < bytes.length; index++) {
    response.write(bytes.subarray(index, index + 1))
    await exchange.clock.sleep(DRIP_MS, exchange.signal)
  }
  response.end()
}

/** Valid JSON of about `bytes`, a piece at a time. */
function* fillJson(bytes: number): Generator<string> {
  const piece = ' '.repeat(PIECE_BYTES)
  yield `{"projects": [], "filler": "`
  for (let sent = 0; sent < bytes; sent += PIECE_BYTES) yield piece
  yield '"}'
}

async function packBomb(): Promise<Buffer> {
  const packer = createGzip({ level: constants.Z_BEST_SPEED })
  const chunks: Buffer[] = []
  packer.on('data', (chunk: Buffer) => chunks.push(chunk))
  for (const piece of fillJson(BOMB_BYTES)) {
    if (!packer.write(piece)) await once(packer, 'drain')
  }
  packer.end()
  await once(packer, 'end')
  return Buffer.concat(chunks)
}
