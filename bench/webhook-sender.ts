// Sends webhooks at a steady rate over connections that stay open, in a process of its own: `bench/webhooks.ts` starts it.
import { createConnection } from 'node:net'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

export interface Sending {
  readonly port: number
  /** Sent in turn, again and again. */
  readonly targets: readonly string[]
  readonly key: string
  readonly perSecond: number
  readonly seconds: number
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

interface Line {
  readonly socket: Socket
  isFree: boolean
}

function connect(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket))
    socket.once('error', reject)
  })
}

async function send({ port, targets, key, perSecond, seconds, connections }: Sending): Promise<Sent> {
  const count = { sent: 0, answered: 0, refused: 0 }
  const lines: Line[] = []
  for (let index = 0; index < connections; index += 1) {
    const line: Line = { socket: await connect(port), isFree: true }
    let text = ''
    line.socket.setEncoding('latin1').on('data', (piece: string) => {
      text += piece
      // An answer to a webhook that was recorded has no body.
      if (!text.includes(END_OF_HEAD)) return
      if (!text.startsWith('HTTP/1.1 204')) count.refused += 1
      text = ''
      count.answered += 1
      line.isFree = true
    })
    lines.push(line)
  }
  const tail = ` HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: sender\r\nAccept: */*\r\nX-Webhook-Key: ${key}\r\n\r\n`
  const beganAtMs = performance.now()
  const passedMs = (): number => performance.now() - beganAtMs
  while (passedMs() < seconds * 1000) {
    const due = (passedMs() / 1000) * perSecond
    for (const line of lines) {
      if (count.sent >= due) break
      if (!line.isFree) continue
      line.isFree = false
      line.socket.write(`GET ${targets[count.sent % targets.length]}${tail}`)
      count.sent += 1
    }
    await delay(EVERY_MS)
  }
  while (count.answered < count.sent) await delay(EVERY_MS)
  const tookMs = passedMs()
  for (const { socket } of lines) socket.destroy()
  const { answered, refused } = count
  return { answered, refused, perSecond: (answered * 1000) / tookMs }
}

process.on('message', (sending: Sending) => void send(sending).then((sent) => process.send?.(sent)))
