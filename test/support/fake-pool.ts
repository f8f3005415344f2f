// A Redis that is played: runs the pool's pure function, and can be slow, frozen, gone, emptied, and told a wrong time.
import type { OpenLedger } from '../../src/budget/ledger.ts'
import { contact } from '../../src/redis/pool.ts'
import type { PoolMessage, PoolState } from '../../src/redis/pool.ts'
import type { Exchange, Outcome } from '../../src/redis/pool-exchange.ts'
import { openSharedLedger } from '../../src/redis/shared-ledger.ts'
import type { ManualClock } from './manual-clock.ts'

export interface FakePool {
  /** The connection of one replica. */
  connect(): { readonly exchange: Exchange; cut(): void; mend(): void }
  /** How long a message is under way, each way. */
  delayMs: number
  freeze(): void
  thaw(): void
  /** Dies; what it held is lost. */
  kill(): void
  restart(): void
  setClock(byMs: number): void
  state(name: string): PoolState | undefined
  /** As one that has run for long: a new pool would stay closed for a window. */
  openAtOnce(name: string): void
}

/** As the connection does it. */
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
    const { state, answer } = contact(pools.get(name) ?? null, redisMs, {
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
          if (isMarkedDown) return resolve({ answer: null, mayBeHeard: false })
          const cancel = clock.after(ANSWER_TIMEOUT_MS, () => {
            markDown()
            resolve({ answer: null, mayBeHeard: true })
          })
          const settle = (outcome: Outcome): void => {
            cancel()
            resolve(outcome)
          }
          if (!isAlive) {
            markDown()
            return settle({ answer: null, mayBeHeard: true })
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
    setClock: (byMs) => void (offsetMs += byMs),
    state: (name) => pools.get(name),
    openAtOnce(name) {
      const at = Math.floor(clock.monotonicMs() + offsetMs)
      const nobody = { slots: {}, replicas: {}, closedUntil: 0, isUnproven: false, wantedUntil: 0 }
      pools.set(name, {
        generation: 'g',
        openAt: at,
        at,
        shift: 0,
        learnedLimit: -1,
        learnedAt: 0,
        ...nobody,
      })
    },
  }
  return fake
}

/** The ledger of a replica that is the only one, over a pool that is open: to be used as the one in memory is. */
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
