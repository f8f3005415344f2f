// An Aurora that answers with any bytes that a test names, or with none: only real bytes show how the client fails.
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

export interface RawServer {
  readonly url: URL
  /** The head of each request as it came, in order. */
  readonly heads: readonly string[]
  /** Connections made so far. */
  countConnections(): number
  /** Resolves when a connection that was open has closed. */
  closed(): Promise<void>
  close(): Promise<void>
}

/** Calls `answer` when the head of a request has arrived; reads of the gateway have no body. */
export async function openRawServer(answer: (socket: Socket, head: string) => void): Promise<RawServer> {
  const sockets = new Set<Socket>()
  const heads: string[] = []
  const closings: (() => void)[] = []
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    sockets.add(socket)
    let received = ''
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      for (let end = received.indexOf('\r\n\r\n'); end !== -1; end = received.indexOf('\r\n\r\n')) {
        const head = received.slice(0, end)
        received = received.slice(end + 4)
        heads.push(head)
        answer(socket, head)
      }
    })
    // Some tests are about a client that hangs up.
    socket.on('error', () => {})
    socket.on('close', () => {
      sockets.delete(socket)
      closings.splice(0).forEach((resolve) => resolve())
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    heads,
    countConnections: () => connections,
    closed: () => new Promise((resolve) => void closings.push(resolve)),
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => void server.close(resolve))
    },
  }
}

/** A whole answer; the length is announced unless the headers say otherwise. */
export function formatReply(
  status: number,
  body: string | Buffer,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
): Buffer {
  const bytes = Buffer.from(body)
  const isLengthGiven = 'content-length' in headers || 'transfer-encoding' in headers
  const all = { ...(!isLengthGiven && { 'content-length': String(bytes.length) }), ...headers }
  const lines = Object.entries(all).flatMap(([name, values]) =>
    [values].flat().map((value) => `${name}: ${value}\r\n`),
  )
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} Some Words\r\n${lines.join('')}\r\n`), bytes])
}
