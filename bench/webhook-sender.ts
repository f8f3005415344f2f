// Sends webhooks at a steady rate, in a process of its own that `bench/webhooks.ts` starts. It ends where a connection is lost.
import { randomUUID } from 'node:crypto'
import { createConnection } from 'node:net'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * `kept`: connections stay open, and all requests to one address have the same head. `ids`: so do they, and each head has an id of its
 * own. `new`: each request has a connection of its own.
 */
export type SenderForm = 'kept' | 'ids' | 'new'

export interface Sending {
  readonly port: number
  /** The address of this machine that it sends from. */
  readonly from: string
  /** Sent in turn, again and again. */
  readonly targets: readonly string[]
  readonly key: string
  readonly form: SenderForm
  readonly perSecond: number
  readonly seconds: number
  /** At the same time. */
  readonly connections: number
}

export interface Sent {
  readonly answered: number
  /** With a status other than 204. */
  readonly refused: number
  readonly perSecond: number
}

const EVERY_MS = 2
const END_OF_HEAD = '\r\n\r\n'

function connect({ port, from }: Pick<Sending, 'port' | 'from'>): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const to = { port, host: '127.0.0.1', localAddress: from, noDelay: true }
    const socket = createConnection(to, () => resolve(socket))
    socket.setEncoding('latin1').once('error', reject)
  })
}

/** An answer to a webhook that was recorded has no body. */
function exchange(socket: Socket, head: string): Promise<{ readonly isRefused: boolean }> {
  return new Promise((resolve, reject) => {
    let text = ''
    const lost = (): void => reject(new Error('The server has closed a connection without an answer.'))
    const read = (piece: string): void => {
      text += piece
      if (!text.includes(END_OF_HEAD)) return
      socket.off('data', read).off('close', lost)
      resolve({ isRefused: !text.startsWith('HTTP/1.1 204') })
    }
    socket.on('data', read).once('close', lost)
    socket.write(head)
  })
}

async function send(sending: Sending): Promise<Sent> {
  const { targets, key, form, perSecond, seconds, connections } = sending
  const count = { sent: 0, answered: 0, refused: 0 }
  const isKept = form !== 'new'
  // Whichever was free first is used first, so none is idle for long.
  const free: (Socket | null)[] = []
  while (free.length < connections) free.push(isKept ? await connect(sending) : null)
  const sockets = [...free]
  const sendOne = async (kept: Socket | null, target: string): Promise<void> => {
    const socket = kept ?? (await connect(sending))
    const { isRefused } = await exchange(socket, headOf({ target, key, form }))
    if (isRefused) count.refused += 1
    if (!isKept) socket.destroy()
    count.answered += 1
    free.push(kept)
  }
  const beganAtMs = performance.now()
  const passedMs = (): number => performance.now() - beganAtMs
  while (passedMs() < seconds * 1000) {
    const due = (passedMs() / 1000) * perSecond
    while (count.sent < due && free.length > 0) {
      void sendOne(free.shift() ?? null, targets[count.sent % targets.length] ?? '')
      count.sent += 1
    }
    await delay(EVERY_MS)
  }
  while (count.answered < count.sent) await delay(EVERY_MS)
  const tookMs = passedMs()
  for (const socket of sockets) socket?.destroy()
  const { answered, refused } = count
  return { answered, refused, perSecond: (answered * 1000) / tookMs }
}

const headOf = ({ target, key, form }: { readonly target: string } & Pick<Sending, 'key' | 'form'>): string =>
  [
    `GET ${target} HTTP/1.1`,
    'Host: 127.0.0.1',
    'User-Agent: sender',
    'Accept: */*',
    ...(form === 'ids' ? [`X-Request-Id: ${randomUUID()}`] : []),
    ...(form === 'new' ? ['Connection: close'] : []),
    `X-Webhook-Key: ${key}`,
    END_OF_HEAD.slice(2),
  ].join('\r\n')

// What is rejected ends the process, and with it the benchmark.
process.on('message', (sending: Sending) => void send(sending).then((sent) => process.send?.(sent)))
