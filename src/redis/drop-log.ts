// What the writes of all replicas have made untrue, in one order that all agree on: a stream in Redis, and a copy here.
import { z } from 'zod'
import { isTouched } from '../cache/drops.ts'
import type { ReadName } from '../cache/drops.ts'
import type { Touch } from '../cache/invalidation.ts'
import type { ScopeKey } from '../rest/scope.ts'
import type { Clock } from '../clock.ts'
import { READS } from '../aurora/reads.ts'
import type { Emit } from '../telemetry/events.ts'
import type { Client, Connection } from './connection.ts'
import type { Keys } from './keys.ts'
import { compareIds, toRecord } from './streams.ts'
import type { StreamEntry, StreamId } from './streams.ts'

/** A moment among the drops of all replicas. */
export interface SharedMark {
  readonly generation: string
  readonly id: StreamId
}

export interface DropLog {
  /** Everything dropped up to here is known here; null before the first contact. */
  mark(): SharedMark | null
  /** Whether what is read was touched since; in doubt it was. */
  haveTouched(read: ReadName, since: SharedMark): boolean
  /** Tells the others. What Redis can't take now it gets when it is back. */
  publish(scope: ScopeKey, touches: readonly Touch[]): void
  /** Resolves when all that was published is with Redis, or can't be for now. */
  told(): Promise<void>
  /** Takes what Redis has and this copy has not; false where it is not known whether that is all. */
  catchUp(): Promise<boolean>
  /** Where the next entry is to be read from. */
  from(): StreamId
  take(entries: readonly StreamEntry[]): void
}

export interface DropLogOptions {
  readonly main: Connection
  readonly clock: Clock
  readonly keys: Keys
  readonly emit: Emit
  /** This replica among the others. */
  readonly replicaId: string
  readonly newToken: () => string
  /** Forgets here what another replica's write has made untrue; null: nobody knows what, so everything. */
  readonly forget: (drop: Drop | null) => void
}

export interface Drop {
  readonly scope: ScopeKey
  readonly touches: readonly Touch[]
}

interface KnownDrop {
  readonly id: StreamId
  /** null where it could not be read: then it touches everything. */
  readonly drop: Drop | null
}

/** Hours of busy writing; a copy takes about a megabyte. What is older than all of them counts as touched. */
const MAX_KNOWN = 2000
/** Of this replica's own drops, told again where Redis has lost them. The budget lets no more than two minutes' worth through. */
const MAX_OWN = 200
/** What others keep is stale by then, and refreshed before long: docs/caching.md. */
const TOLD_AGAIN_MS = 15 * 60 * 1000
const START: StreamId = '0-0'

/** Begins a new life of the log where there is none, or where `ARGV[2]` says so; answers its name. */
const BEGIN = `
local generation = redis.call('GET', KEYS[1])
if ARGV[2] == 'anew' or not generation or redis.call('EXISTS', KEYS[2]) == 0 then
  generation = ARGV[1]
  redis.call('SET', KEYS[1], generation)
  redis.call('DEL', KEYS[2])
  redis.call('XADD', KEYS[2], '*', 'generation', generation)
end
return generation`

export function createDropLog(options: DropLogOptions): DropLog {
  const { main, clock, keys, emit, replicaId, newToken, forget } = options
  let generation: string | null = null
  let known: KnownDrop[] = []
  /** Up to here nothing can be said. */
  let floorId = START
  let lastId = START
  let unsent: Drop[] = []
  let own: (Drop & { readonly atMs: number })[] = []
  let setbacks = 0
  let sending: Promise<void> | null = null
  let catching: Promise<boolean> | null = null

  const begin = (client: Client, how: 'anew' | 'ifNone') =>
    client.eval(BEGIN, 2, keys.generation, keys.drops, newToken(), how)

  function take(entries: readonly StreamEntry[]): void {
    for (const { id, fields } of entries) {
      if (compareIds(id, lastId) <= 0) continue
      lastId = id
      if (fields['generation'] !== undefined) {
        // Another life of the log: what it knows of the one before is asked for as a whole.
        if (fields['generation'] !== generation) void catchUp()
        continue
      }
      const drop = readDrop(fields['drop'])
      if (drop === null) emit('sharedUnreadable', { what: 'drop' })
      known.push({ id, drop })
      if (known.length > MAX_KNOWN) floorId = known.shift()?.id ?? floorId
      if (fields['by'] !== replicaId) forget(drop)
    }
  }

  /** What was known of another life of the log says nothing about this one. */
  function restart(name: string): void {
    // Whoever was cut off may not have heard them before Redis lost them.
    if (generation !== null) unsent = own.filter(({ atMs }) => clock.monotonicMs() - atMs < TOLD_AGAIN_MS)
    generation = name
    known = []
    floorId = lastId = START
  }

  async function readAll(): Promise<boolean> {
    if (main.time.setbacks() > setbacks) {
      // By a clock that was set back every kept reply looks younger than it is.
      if ((await main.ask((client) => begin(client, 'anew'))) === null) return false
      setbacks = main.time.setbacks()
    }
    const name = await main.ask((client) => begin(client, 'ifNone'))
    if (typeof name !== 'string') return false
    if (name !== generation) restart(name)
    const fromId = lastId
    const entries = await main.ask((client) => client.xrange(keys.drops, fromId, '+', 'COUNT', MAX_KNOWN + 1))
    const [first] = entries ?? []
    if (entries === null || first === undefined || name !== generation) return false
    if (fromId === START || first[0] !== fromId) {
      // Our last one is there no more, so neither may be some that came after it.
      if (fromId !== START) forget(null)
      floorId = first[0]
      known = []
      // What was heard meanwhile is among them, or is heard again from here.
      lastId = START
    }
    take(entries.map(([id, fields]) => ({ id, fields: toRecord(fields) })))
    void send()
    return true
  }

  function catchUp(): Promise<boolean> {
    catching ??= readAll().finally(() => (catching = null))
    return catching
  }

  async function sendAll(): Promise<void> {
    // Before the first contact there may be no log to add to.
    if (generation === null) return
    while (unsent.length > 0) {
      const batch = unsent
      const drops = batch.map(({ scope, touches }) => JSON.stringify({ scope, touches }))
      const ids = await main.ask(async (client) => {
        const pipeline = client.pipeline()
        for (const drop of drops)
          pipeline.xadd(keys.drops, 'MAXLEN', '=', MAX_KNOWN, '*', 'by', replicaId, 'drop', drop)
        return unwrapAll(await pipeline.exec())
      })
      if (ids === null) return
      unsent = unsent.filter((drop) => !batch.includes(drop))
    }
  }

  function send(): Promise<void> {
    sending ??= sendAll().finally(() => (sending = null))
    return sending
  }

  main.onUp(() => void catchUp())
  main.onBeat(() => void catchUp())

  return {
    mark: () => (generation === null ? null : { generation, id: lastId }),
    haveTouched: (read, since) =>
      since.generation !== generation ||
      compareIds(since.id, floorId) < 0 ||
      unsent.some(({ scope, touches }) => isTouched(read, scope, touches)) ||
      known.some(
        ({ id, drop }) =>
          compareIds(id, since.id) > 0 && (drop === null || isTouched(read, drop.scope, drop.touches)),
      ),
    publish(scope, touches) {
      if (touches.length === 0) return
      const drop = { scope, touches, atMs: clock.monotonicMs() }
      own = [...own.slice(1 - MAX_OWN), drop]
      unsent = [...unsent.slice(1 - MAX_OWN), drop]
      void send()
    },
    async told() {
      if (main.isUp()) await send()
    },
    catchUp,
    from: () => lastId,
    take,
  }
}

/** The answers of a pipeline; throws the first refusal among them. */
export function unwrapAll(results: readonly [Error | null, unknown][] | null): unknown[] {
  return (results ?? []).map(([error, answer]) => {
    if (error) throw error
    return answer
  })
}

const dropSchema = z.object({
  scope: z.string().regex(/^[0-9a-f]{32}$/),
  touches: z.array(
    z.object({
      operation: z.string().refine((name) => Object.hasOwn(READS, name)),
      path: z.record(z.string(), z.string()),
    }),
  ),
})

function readDrop(text: string | undefined): Drop | null {
  try {
    return dropSchema.parse(JSON.parse(text ?? '')) as unknown as Drop
  } catch {
    return null
  }
}
