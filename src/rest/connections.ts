// The pool of connections to Aurora, which is replaced by a new one after a connection has led to the wrong server.
import type { Dispatcher } from 'undici'

export interface Connections {
  current(): Dispatcher
  /** Later calls use new connections; calls under way end on theirs. Does nothing if `used` was replaced already. */
  replace(used: Dispatcher): void
  close(): Promise<void>
}

export function createConnections(open: () => Dispatcher): Connections {
  let current = open()
  const pools = new Set([current])
  return {
    current: () => current,
    replace(used) {
      if (used !== current) return
      current = open()
      pools.add(current)
      void used.close().finally(() => pools.delete(used))
    },
    async close() {
      await Promise.all([...pools].map((pool) => pool.destroy()))
    },
  }
}
