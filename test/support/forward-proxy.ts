// A proxy as companies have them: tunnels with CONNECT, forwards plain requests, and finds every `*.test` host on loopback.
import { createServer, request } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { listenLocally } from './local-server.ts'

export interface ForwardProxy extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** Method, target and credentials of each request to the proxy itself, as `CONNECT aurora.test:443 Basic …`. */
  readonly seen: readonly string[]
  /** Every request is answered with this status, and nothing is passed on; null: everything is passed on. */
  refuse(status: number | null): void
}

export async function openForwardProxy(): Promise<ForwardProxy> {
  const seen: string[] = []
  const sockets = new Set<Socket>()
  let refusal: number | null = null

  function note({ method, url, headers }: IncomingMessage): void {
    seen.push([method, url, headers['proxy-authorization']].filter(Boolean).join(' '))
  }

  function forward(from: IncomingMessage, to: ServerResponse): void {
    note(from)
    if (refusal !== null) return void to.writeHead(refusal).end()
    const { pathname, search, port } = new URL(from.url ?? '')
    const { method, headers } = from
    const onward = request(
      { host: '127.0.0.1', port, path: pathname + search, method, headers },
      (answer) => {
        to.writeHead(answer.statusCode ?? 0, answer.headers)
        answer.pipe(to)
      },
    )
    onward.on('error', () => to.writeHead(502).end())
    from.pipe(onward)
  }

  function tunnel(from: IncomingMessage, near: Socket): void {
    note(from)
    if (refusal !== null) return void near.end(`HTTP/1.1 ${refusal} No\r\n\r\n`)
    const far = connect(Number(from.url?.split(':').at(-1)), '127.0.0.1', () => {
      near.write('HTTP/1.1 200 Connection established\r\n\r\n')
      far.pipe(near).pipe(far)
    })
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => [near, far].forEach((each) => each.destroy()))
    }
  }

  const server = createServer(forward).on('connect', tunnel)
  const local = await listenLocally(server)
  return {
    ...local,
    seen,
    refuse: (status) => void (refusal = status),
    async [Symbol.asyncDispose]() {
      // Tunnels are no longer connections of the server.
      for (const socket of sockets) socket.destroy()
      await local[Symbol.asyncDispose]()
    },
  }
}
