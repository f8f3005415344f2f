// A proxy before Aurora that rewrites answers before the gateway reads them.
import { createServer } from 'node:http'
import { listenLocally } from './local-server.ts'

/** `place` is method and path without the query: where a body comes from, ids included. */
export type Rewrite = (body: unknown, place: string) => unknown

export interface RewritingProxy extends AsyncDisposable {
  readonly url: string
  /** Applies to every 2xx answer from now on; without one they pass as they are. */
  setRewrite(rewrite?: Rewrite): void
  /** Applies to every path that is sent to Aurora. */
  setPath(readPath?: (path: string) => string): void
}

/** A number that JSON can write and JavaScript cannot hold: rewritten into the text of the body. */
export const TOO_LARGE_A_NUMBER = 'the number 1e400'

interface Original {
  readonly status: number
  readonly text: string
}

/** `origin` gets one call for each address, because tests ask for the same many times: its answers must not change. */
export async function openRewritingProxy(
  origin: string,
  headers: Readonly<Record<string, string>>,
): Promise<RewritingProxy> {
  const originals = new Map<string, Promise<Original>>()
  let rewrite: Rewrite | undefined
  let readPath: ((path: string) => string) | undefined

  async function fetchOriginal(address: string): Promise<Original> {
    const response = await fetch(`${origin}${address}`, { headers })
    return { status: response.status, text: await response.text() }
  }

  async function answer(method: string, asked: string): Promise<Original> {
    const address = readPath ? readPath(asked) : asked
    const original = originals.get(address) ?? fetchOriginal(address)
    originals.set(address, original)
    const { status, text } = await original
    if (!rewrite || status < 200 || status >= 300) return { status, text }
    const place = `${method} ${address.replace(/\?.*$/, '')}`
    const rewritten = JSON.stringify(rewrite(JSON.parse(text), place))
    return { status, text: rewritten.replaceAll(JSON.stringify(TOO_LARGE_A_NUMBER), '1e400') }
  }

  const server = createServer((request, response) => {
    answer(request.method ?? '', request.url ?? '').then(
      ({ status, text }) => {
        // The new body is whole and not compressed, so length and encoding of the original do not apply.
        const bytes = Buffer.from(text)
        response.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length })
        response.end(bytes)
      },
      // A fault of the test, not of Aurora: it must not look like an answer.
      (error: unknown) => response.destroy(error instanceof Error ? error : new Error(String(error))),
    )
  })
  const local = await listenLocally(server)
  return {
    url: local.url,
    setRewrite: (next) => void (rewrite = next),
    setPath: (next) => void (readPath = next),
    async [Symbol.asyncDispose]() {
      await local[Symbol.asyncDispose]()
    },
  }
}
