// A fake Redis for one pool: runs the model of the pool, and can be slow, frozen, gone, emptied, or set to a wrong time.
import type { OpenLedger } from '../../src/budget/ledger.ts'
import type { PoolMessage, PoolState } from '../../src/redis/pool-protocol.ts'
import type { Exchange, ExchangeResult } from '../../src/redis/pool-exchange.ts'
import { openSharedLedger } from '../../src/redis/shared-ledger.ts'
import { buildPool } from './build-pool.ts'
import type { ManualClock } from './manual-clock.ts'
import { applyMessage } from './pool-model.ts'

export interface FakePool {
  /** The connection of one replica. */
  connect(): { readonly exchange: Exchange; cut(): void; mend(): void }
  /** How long a message travels, in each direction. */
  delayMs: number
  freeze(): void
  thaw(): void
  /** Ends Redis; its data is lost. */
  kill(): void
  restart(): void
  setClock(byMs: number): void
  /** Returns what brings the data back as they are now, as a restart from a snapshot does. */
  save(): () => void
  state(name: string): PoolState | undefined
  /** Makes a pool that is open already: a new pool would give no slots for a window. */
  openAtOnce(name: string): void
}

/** The same values as in connection.ts. */
const ANSWER_TIMEOUT_MS = 150
const PROBE_MS = 1000

export function createFakePool(clock: ManualClock): FakePool {
  const pools = new Map<string, PoolState>()
  let frozen: (() => void)[] | null = null
  let isAlive = true
  let offsetMs = 1_795_648_096_000
  let tokens = 0

  function run(name: string, message: PoolMessage) {
    const redisMs = Math.floor(clock.monotonicMs() + offsetMs)
    const { state, answer } = applyMessage(pools.get(name) ?? null, redisMs, {
      ...message,
      token: `g${(tokens += 1)}`,
    })
    if (!answer.isVoid) pools.set(name, state)
    return answer
  }

  const fake: FakePool = {
    delayMs: 0,
    connect() {
      let isCut = false
      let isMarkedDown = false
      const probe = (): void => {
        if (!isCut && isAlive && frozen === null) isMarkedDown = false
        else clock.after(PROBE_MS, probe)
      }
      const markDown = (): void => {
        if (isMarkedDown) return
        isMarkedDown = true
        clock.after(PROBE_MS, probe)
      }
      const after = (ms: number, work: () => void): void => (ms > 0 ? void clock.after(ms, work) : work())
      const exchange: Exchange = (name, message) =>
        new Promise((resolve) => {
          if (isMarkedDown) return resolve({ answer: null, mayHaveArrived: false })
          const cancel = clock.after(ANSWER_TIMEOUT_MS, () => {
            markDown()
            resolve({ answer: null, mayHaveArrived: true })
          })
          const settle = (result: ExchangeResult): void => {
            cancel()
            resolve(result)
          }
          if (!isAlive) {
            markDown()
            return settle({ answer: null, mayHaveArrived: true })
          }
          const execute = (): void => {
            if (!isAlive || isCut) return
            if (frozen) return void frozen.push(execute)
            const answer = run(name, message)
            if (!answer.isVoid) after(fake.delayMs, () => !isCut && settle({ answer }))
          }
          after(fake.delayMs, execute)
        })
      return { exchange, cut: () => void (isCut = true), mend: () => void (isCut = false) }
    },
    freeze: () => void (frozen ??= []),
    thaw() {
      const late = frozen ?? []
      frozen = null
      for (const work of late) work()
    },
    kill() {
      isAlive = false
      frozen = null
      pools.clear()
    },
    restart: () => void (isAlive = true),
    save() {
      const saved = structuredClone([...pools])
      return () => {
        pools.clear()
        for (const [name, state] of structuredClone(saved)) pools.set(name, state)
      }
    },
    setClock: (byMs) => void (offsetMs += byMs),
    state: (name) => pools.get(name),
    openAtOnce(name) {
      const at = Math.floor(clock.monotonicMs() + offsetMs)
      pools.set(name, buildPool({ openAt: at, mayOpenAt: at, at }))
    },
  }
  return fake
}

/** The ledger of the only replica of a pool that is open: it does the same as the ledger in memory. */
export function openLoneLedger(clock: ManualClock, maxFlightMs: number): OpenLedger {
  const pool = createFakePool(clock)
  const { exchange } = pool.connect()
  const shared = openSharedLedger({
    exchange,
    clock,
    replicaId: 'r',
    newToken: () => '',
    maxReplicas: 1,
    maxFlightMs,
  })
  return (options) => {
    pool.openAtOnce(options.name)
    return shared(options)
  }
}
