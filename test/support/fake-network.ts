// The connections of several replicas to one Redis in memory: they can be cut, frozen and held up, with the clock of the test.
import type { Client, Connection } from '../../src/redis/connection.ts'
import { createServerClock } from '../../src/redis/server-clock.ts'
import type { Clock } from '../../src/clock.ts'
import { RefusedByRedis } from './fake-redis.ts'
import type { FakeRedis } from './fake-redis.ts'

export interface FakeNetwork {
  state: 'well' | 'frozen' | 'gone'
  open(): FakeHost
  /** What was sent to a frozen Redis is carried out now. */
  thaw(): void
}

/** The two connections of one replica. */
export interface FakeHost {
  /** `deaf`: what the replica sends arrives, and no answer comes back. */
  link: 'well' | 'cut' | 'deaf'
  /** News wait, however long, until it is false. */
  isNewsHeld: boolean
  readonly main: Connection
  readonly tail: Connection
  /** News that wait are delivered, if they may be. */
  deliver(): void
  close(): void
}

type Execute = <Answer>(work: () => Answer) => Promise<Answer>

const PROBE_MS = 1000
const COMMANDS = ['get', 'set', 'del', 'hdel', 'ping', 'xadd', 'xrange', 'xrevrange', 'eval'] as const
const PIPELINED = [...COMMANDS, 'exists', 'pexpire', 'getBuffer', 'time'] as const
/** No answer comes. A real connection notices it after 150 ms, and this one at once. */
const SILENCE = new Error('silence')

export function createFakeNetwork(redis: FakeRedis, clock: Clock): FakeNetwork {
  const hosts = new Set<FakeHost>()
  let late: (() => unknown)[] = []

  function openHost(): FakeHost {
    const isWell = (): boolean => network.state === 'well' && host.link === 'well'
    const execute: Execute = async (work) => {
      if (network.state === 'gone' || host.link === 'cut') throw SILENCE
      if (network.state === 'frozen') {
        late.push(work)
        throw SILENCE
      }
      const before = redis.added
      const answer = work()
      if (redis.added > before) for (const each of hosts) each.deliver()
      if (host.link === 'deaf') throw SILENCE
      return answer
    }
    const news = openNews(redis, () => isWell() && !host.isNewsHeld)
    const host: FakeHost = {
      link: 'well',
      isNewsHeld: false,
      main: openMain(redis, clock, execute),
      tail: news.connection,
      deliver: news.deliver,
      close() {
        hosts.delete(host)
        host.main.close()
        host.tail.close()
      },
    }
    hosts.add(host)
    return host
  }

  const network: FakeNetwork = {
    state: 'well',
    open: openHost,
    thaw() {
      network.state = 'well'
      const sent = late
      late = []
      for (const work of sent) void refused(work)
      for (const host of hosts) host.deliver()
    },
  }
  return network
}

function openMain(redis: FakeRedis, clock: Clock, execute: Execute): Connection {
  const time = createServerClock()
  const upListeners: (() => void)[] = []
  const beatListeners: (() => void)[] = []
  let isUp = false
  let isClosed = false
  let cancel = (): void => {}
  const client = toClient(redis, execute)

  async function probe(): Promise<void> {
    const sentAtMs = clock.monotonicMs()
    const serverMs = await execute(() => (redis.run('del', 'probe'), redis.nowMs())).catch(() => null)
    const wasUp = isUp
    isUp = serverMs !== null && !isClosed
    if (serverMs !== null) time.note({ sentAtMs, receivedAtMs: clock.monotonicMs(), serverMs })
    if (!isClosed) cancel = clock.after(PROBE_MS, () => void probe())
    if (isUp) for (const listener of wasUp ? beatListeners : upListeners) listener()
  }

  cancel = clock.after(0, () => void probe())
  return {
    isUp: () => isUp,
    async ask(work) {
      if (!isUp) return null
      try {
        return await work(client)
      } catch (error) {
        if (error !== SILENCE && !(error instanceof RefusedByRedis)) throw error
        if (error === SILENCE || redis.refusing === 'readOnly') isUp = false
        return null
      }
    },
    onUp: (listener) => void upListeners.push(listener),
    onBeat: (listener) => void beatListeners.push(listener),
    time,
    close() {
      isClosed = true
      isUp = false
      cancel()
    },
  }
}

function toClient(redis: FakeRedis, execute: Execute): Client {
  const commands = COMMANDS.map((name) => [
    name,
    (...args: string[]) => execute(() => redis.run(name, ...args)),
  ])
  const client: unknown = {
    ...Object.fromEntries(commands),
    pipeline: () => new FakePipeline(redis, execute),
  }
  return client as Client
}

/** Keeps commands until they are sent together. */
class FakePipeline {
  readonly redis: FakeRedis
  readonly execute: Execute
  readonly works: (() => unknown)[] = []

  constructor(redis: FakeRedis, execute: Execute) {
    this.redis = redis
    this.execute = execute
  }

  exec(): Promise<[Error | null, unknown?][]> {
    return this.execute(() => this.works.map((work) => refused(work)))
  }
}

for (const name of PIPELINED)
  Object.defineProperty(FakePipeline.prototype, name, {
    value(this: FakePipeline, ...args: string[]) {
      this.works.push(() => this.redis.run(name, ...args))
      return this
    },
  })

/** As a pipeline answers: the error, or null and the answer. */
function refused(work: () => unknown): [Error | null, unknown?] {
  try {
    return [null, work()]
  } catch (error) {
    if (error instanceof RefusedByRedis) return [error]
    throw error
  }
}

/** A question waits inside Redis until there is news; over a lost connection it waits until that is back. */
function openNews(redis: FakeRedis, mayDeliver: () => boolean) {
  let waiting: { readonly args: string[]; readonly resolve: (news: unknown) => void } | null = null
  let isClosed = false

  function deliver(): void {
    if (!waiting || !mayDeliver()) return
    const { args, resolve } = waiting
    const news = redis.run('xread', ...args) as unknown[]
    if (news.length === 0) return
    waiting = null
    resolve(news)
  }

  const client = {
    xread: (...args: string[]) =>
      new Promise((resolve) => {
        waiting = { args, resolve }
        deliver()
      }),
  } as unknown as Client
  const connection: Connection = {
    isUp: () => !isClosed,
    ask: async (work) => (isClosed ? null : work(client)),
    onUp: () => {},
    onBeat: () => {},
    time: createServerClock(),
    close: () => void (isClosed = true),
  }
  return { connection, deliver }
}
