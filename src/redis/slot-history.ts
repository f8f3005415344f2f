// Names the history of a slot of a cluster: a new one begins at each new owner, even one that has had the slot before.
import type { Redis } from 'ioredis'
import { askReplicationId } from './primary-history.ts'

/**
 * The id of replication distinguishes two primaries, but not two times at one of them: if a slot leaves a node and
 * comes back, the keys at that node may be from before. So the name has a second part, and is itself a key of the slot.
 * It moves with the others, and the first gateway at a node that finds the name of another node there gives a new one.
 * If it finds its own, the slot was nowhere else, or no gateway has used it there, so the keys are unchanged.
 */
export interface SlotHistoryOptions {
  /** The key that holds the name of the history. */
  readonly key: string
  /** The key that holds the name of the history before it. */
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
    // The node became a replica and a primary again in between: the next probe finds the name.
    if (sameId !== id || typeof adopted !== 'string') throw new Error('the history has changed meanwhile')
    return adopted
  }
