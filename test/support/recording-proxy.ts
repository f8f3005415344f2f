// A proxy before Aurora that records the bodies that the gateway sends, because the simulator records none.
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { listenLocally } from './local-server.ts'

export interface SentBody {
  readonly method: string
  /** The text as sent. */
  readonly path: string
  /** Undefined where nothing was sent. */
  readonly json: object | undefined
}

/** Replaces Aurora's answer to a write. */
interface Instead {
  readonly status: number
  readonly json?: unknown
}

export interface RecordingProxy extends AsyncDisposable {
  readonly url: string
  /** Writes since the last call of this function, in order. */
  takeSent(): SentBody[]
  /** Every write is carried out, and answered with this instead, from now on. */
  answerWrites(instead: Instead): void
}

export async function openRecordingProxy(
  origin: string,
  headers: Readonly<Record<string, string>>,
): Promise<RecordingProxy> {
  const sent: SentBody[] = []
  let instead: Instead | undefined

  async function answer(request: IncomingMessage): Promise<{ status: number; text: string }> {
    const { method = '', url = '' } = request
    const body = await readText(request)
    if (method !== 'GET')
      sent.push({ method, path: url, json: body === '' ? undefined : (JSON.parse(body) as object) })
    const response = await fetch(`${origin}${url}`, {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      ...(body !== '' && { body }),
    })
    const text = await response.text()
    if (method === 'GET' || !instead) return { status: response.status, text }
    return { status: instead.status, text: instead.json === undefined ? '' : JSON.stringify(instead.json) }
  }

  const server = createServer((request, response) => {
    answer(request).then(
      ({ status, text }) => {
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(text)
      },
      // A fault of the test, not of Aurora: it must not look like an answer.
      (error: unknown) => response.destroy(error instanceof Error ? error : new Error(String(error))),
    )
  })
  const local = await listenLocally(server)
  return {
    url: local.url,
    takeSent: () => sent.splice(0),
    answerWrites: (next) => void (instead = next),
    async [Symbol.asyncDispose]() {
      await local[Symbol.asyncDispose]()
    },
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString('utf8')
}
