// A small collector: receives spans and metrics as OTLP over HTTP in JSON, and stores them.
import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { listenLocally } from './local-server.ts'

export interface CollectedSpan {
  readonly name: string
  /** 1 internal, 2 server, 3 client. */
  readonly kind: number
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[]
  readonly isError: boolean
  readonly durationMs: number
}

export interface Collector extends AsyncDisposable {
  readonly url: URL
  /** Each body as it came. */
  readonly bodies: string[]
  readonly headers: IncomingHttpHeaders[]
  spans(): CollectedSpan[]
  /** The status of later answers; undefined: no answer at all. */
  setStatus(status: number | undefined): void
}

interface Sent {
  /** Metrics have none. */
  resourceSpans?: { scopeSpans: { spans: SentSpan[] }[] }[]
}

interface SentSpan extends Omit<CollectedSpan, 'attributes' | 'links'> {
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: { key: string; value: { stringValue?: string; intValue?: number } }[]
  readonly links?: CollectedSpan['links']
  readonly status?: { readonly code?: number }
}

export async function openCollector(): Promise<Collector> {
  const bodies: string[] = []
  const headers: IncomingHttpHeaders[] = []
  let status: number | undefined = 200
  const server = createServer((request, response) => {
    headers.push(request.headers)
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      bodies.push(Buffer.concat(pieces).toString('utf8'))
      if (status !== undefined)
        response.writeHead(status, { 'content-type': 'application/json' }).end('{"partialSuccess":{}}')
    })
  })
  const local = await listenLocally(server)
  return {
    url: new URL(`${local.url}/v1/traces`),
    bodies,
    headers,
    spans: () => bodies.flatMap((body) => readSpans(JSON.parse(body) as Sent)),
    setStatus: (next) => void (status = next),
    async [Symbol.asyncDispose]() {
      await local[Symbol.asyncDispose]()
    },
  }
}

const readSpans = ({ resourceSpans = [] }: Sent): CollectedSpan[] =>
  resourceSpans
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ spans }) => spans)
    .map(({ attributes, links = [], status, startTimeUnixNano, endTimeUnixNano, ...span }) => ({
      ...span,
      attributes: Object.fromEntries(
        attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]),
      ),
      links,
      isError: status?.code === 2,
      durationMs: Number(BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano)) / 1e6,
    }))
