// One slice of `bench/webhooks.ts`: an honest reader alone, beside a flood of webhooks at the gateway, or beside it at a bare server.
import { spawnSync } from 'node:child_process'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { startHelper } from './helper-process.ts'
import type { Helper } from './helper-process.ts'
import type { PinnedServer } from './pinned-server.ts'
import type { Flood } from './webhook-floods.ts'
import type { Reading } from './webhook-reader.ts'
import type { SenderForm, Sending, Sent } from './webhook-sender.ts'

export const KINDS = ['alone', 'gateway', 'bare'] as const
export type Kind = (typeof KINDS)[number]

export interface Slice {
  /** How long the reader waited, in milliseconds. */
  readonly times: readonly number[]
  /** Of the gateway, and of the bare server where that had the flood. */
  readonly cpuUs: number
  readonly sent: Sent | null
}

export interface Floodable {
  readonly gateway: PinnedServer
  readonly bare: PinnedServer
}

/** Aurora's servers have other addresses than readers: connections of one address take turns with those of another. */
export const SENDER_ADDRESS = '127.0.1.1'

export interface Load {
  /** The address that webhooks come from. */
  readonly from: string
  readonly key: string
  readonly perSecond: number
  readonly seconds: number
}

export interface Slices {
  run(servers: Floodable, kind: Kind, flood: Flood, form: SenderForm): Promise<Slice>
  end(): void
}

/** With Redis each is answered after up to two reports, of 40 ms each. */
const CONNECTIONS = 96
const READ_EACH_MS = 4
const CHANGE_EACH_MS = 50
const WATCHERS = 20
/** No event is about it. */
const READ = '{ tenant { name } }'

export function createSlices(load: Load): Slices {
  const sender: Helper<Sending, Sent> = startHelper('./webhook-sender.ts')
  const reader: Helper<Reading, readonly number[]> = startHelper('./webhook-reader.ts', [
    // Threads that collect for it would have no priority, and it would wait for them.
    '--single-threaded-gc',
  ])
  const { seconds } = load
  const send = (to: PinnedServer, { targets }: Flood, form: SenderForm): Promise<Sent> =>
    sender.do({ ...load, port: Number(new URL(to.url).port), targets, form, connections: CONNECTIONS })
  givePriority(reader.pid)

  return {
    async run({ gateway, bare }, kind, flood, form) {
      const receiver = kind === 'bare' ? bare : gateway
      const beganUs = receiver.cpuUs()
      const changing = flood.change && kind !== 'alone' ? setInterval(flood.change, CHANGE_EACH_MS) : null
      try {
        const [times, sent] = await Promise.all([
          reader.do({ url: gateway.url, query: READ, eachMs: READ_EACH_MS, seconds }),
          kind === 'alone' ? null : send(receiver, flood, form),
        ])
        return { times, sent, cpuUs: receiver.cpuUs() - beganUs }
      } finally {
        if (changing) clearInterval(changing)
      }
    },
    end() {
      sender.end()
      reader.end()
    },
  }
}

/**
 * On the core of the sender the reader would wait behind it, which would count as the gateway's. Only the thread that reads has
 * priority: with the same one, a thread that compiles or loads modules would have the core for 100 ms. It needs root.
 */
function givePriority(pid: number): void {
  const { status } = spawnSync('chrt', ['-r', '-p', '1', String(pid)], { stdio: 'ignore' })
  if (status !== 0) console.log('The reader has no priority over the sender (chrt).')
}

/** Streams of clients that show the same; ends them with the returned function. Where one ends by itself, `failed` rejects. */
export async function watchTogether(
  url: string,
  query: string,
): Promise<{ readonly failed: Promise<never>; end(): void }> {
  const streams = await Promise.all(Array.from({ length: WATCHERS }, () => watch(url, query)))
  let isWanted = false
  const failed = new Promise<never>((_, reject) => {
    for (const stream of streams)
      stream
        .on('error', () => {})
        .once('close', () => {
          if (!isWanted) reject(new Error('The stream of a watcher has ended.'))
        })
  })
  failed.catch(() => {})
  return {
    failed,
    end() {
      isWanted = true
      for (const stream of streams) stream.destroy()
    },
  }
}

const watch = (url: string, query: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream' }
    request(`${url}/graphql`, { method: 'POST', agent: false, headers }, (answer) => {
      if (answer.headers['content-type']?.startsWith('text/event-stream')) resolve(answer.resume())
      else reject(new Error(`a watcher has got ${answer.statusCode}`))
    })
      .on('error', reject)
      .end(JSON.stringify({ query }))
  })
