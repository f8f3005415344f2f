// Names the history of writes that the primary continues: another primary after a failover continues it under another name.
import type { Redis } from 'ioredis'

/**
 * After a failover the old primary takes writes for some seconds more, and replicas may still be connected to it.
 * Everything that decides about slots and leases is therefore kept by history, so that two primaries never count as
 * one.
 */
export interface PrimaryHistory {
  /** '' if Redis has one address, and before the first contact. */
  name(): string
  note(name: string): void
  /** Called when another primary was found, before any other command is sent to it. */
  onMove(listener: () => void): void
  /** Reads the name from the primary. */
  find(client: Redis): Promise<string>
}

/** `turnTo` is called with each new name, before all listeners. */
export function createPrimaryHistory(
  turnTo: (name: string) => void,
  find: PrimaryHistory['find'] = askReplicationId,
): PrimaryHistory {
  const listeners: (() => void)[] = []
  let current = ''
  return {
    name: () => current,
    note(name) {
      if (name === current) return
      const isMoved = current !== ''
      current = name
      turnTo(name)
      if (isMoved) for (const listener of listeners) listener()
    },
    onMove: (listener) => void listeners.push(listener),
    find,
  }
}

/** The name that Redis itself gives to a history of writes: a primary begins a new one after each failover. */
export async function askReplicationId(client: Redis): Promise<string> {
  const name = /^master_replid:(\w+)/m.exec(await client.info('replication'))?.[1]
  if (name === undefined) throw new Error('INFO replication names no history')
  return name
}
