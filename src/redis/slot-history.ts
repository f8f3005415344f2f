// Names the history of a slot of a cluster: it begins anew at each new owner, also at one that has had the slot before.
import type { Redis } from 'ioredis'
import { askReplicationId } from './primary-history.ts'

/**
 * The id of replication tells two primaries apart, and not two times at one of them: where a slot goes away and comes back, what the
 * node has of it may be as old as that. So the name has a second part, and is itself a key of the slot. It moves with the others, and
 * the first gateway at a node that finds the name of another node there gives a new one. Where it finds its own, the slot was
 * nowhere else, or nobody has used it there, and all of it is as it was.
 */
export interface SlotHistoryOptions {
  /** Has the name of the history. */
  readonly key: string
  /** Has that of the history before it. */
  readonly formerKey: string
  readonly newToken: () => string
}

/** KEYS: the history, the one before it. ARGV: the id of replication, and a new name that begins with it. Returns the name. */
const ADOPT = `
local name = redis.call('GET', KEYS[1])
if name and string.sub(name, 1, #ARGV[1] + 1) == ARGV[1] .. '.' then return name end
redis.call('SET', KEYS[1], ARGV[2])
if name then redis.call('SET', KEYS[2], name) end
return ARGV[2]`

export const findSlotHistory =
  ({ key, formerKey, newToken }: SlotHistoryOptions) =>
  async (client: Redis): Promise<string> => {
    const [name, id] = await Promise.all([client.get(key), askReplicationId(client)])
    if (name?.startsWith(`${id}.`)) return name
    const [adopted, sameId] = await Promise.all([
      client.eval(ADOPT, 2, key, formerKey, id, `${id}.${newToken()}`),
      askReplicationId(client),
    ])
    // It became a replica and a primary again in between: the next probe finds the name.
    if (sameId !== id || typeof adopted !== 'string') throw new Error('the history has changed meanwhile')
    return adopted
  }
