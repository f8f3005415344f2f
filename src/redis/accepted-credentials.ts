// Shares with other replicas which credentials Aurora has accepted, so that not every replica has to try each of them.
import type { ScopeKey } from '../rest/scope.ts'
import type { Connection } from './connection.ts'
import type { Keys } from './keys.ts'

export interface AcceptedCredentials {
  /** Whether a replica has seen this credential accepted within a day; false without Redis. */
  has(key: ScopeKey): Promise<boolean>
  note(key: ScopeKey): void
  /** To be called when it was withdrawn. A replica that still finds it accepted adds it again. */
  forget(key: ScopeKey): void
  /** Whether replicas count calls under this name in Redis already; false without Redis. */
  isCounted(name: string): Promise<boolean>
}

/** As long as the pool of a key is kept. A forgotten credential is tried once more. */
const KEPT_MS = 24 * 60 * 60 * 1000

export function createAcceptedCredentials(main: Connection, keys: Keys): AcceptedCredentials {
  const exists = async (name: string): Promise<boolean> =>
    (await main.ask((client) => client.exists(name))) === 1
  return {
    has: (key) => exists(keys.accepted(key)),
    note: (key) => void main.ask((client) => client.set(keys.accepted(key), '1', 'PX', KEPT_MS)),
    forget: (key) => void main.ask((client) => client.del(keys.accepted(key))),
    isCounted: (name) => exists(keys.pool(name)),
  }
}
