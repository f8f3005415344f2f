// What an error of Redis or its client means, its name without secrets, and what an operator can do about it.
import { adviceOnTls } from '../errors/tls-faults.ts'

interface Meaning {
  /**
   * `command`: Redis works and has refused this command only. `all`: this Redis cannot be used as it is. `server`:
   * another server may be usable. `slot`: it is a node of a cluster, and another node has the slot, or gets it.
   */
  readonly concerns: 'command' | 'all' | 'server' | 'slot'
  readonly advice: string
}

const REPLICA =
  'this Redis is a replica: the gateway connects again until REDIS_URL leads to the primary; if it never does, set another REDIS_URL'
const CLUSTER =
  'this is a Redis Cluster: name its nodes as REDIS_URL=redis+cluster://host:6379,host2:6379 (docs/replicas.md)'
const SLOT =
  'the slot of the keys of the gateway is at another node, or on its way there, and the gateway follows; if this lasts, see redis-cli --cluster check'
const RIGHTS =
  'the user in REDIS_URL may not use this command or key: docs/replicas.md lists the rights that it needs'

/** A name of our own: no command is sent to a server that most of the Sentinels do not name. */
export const NO_PRIMARY = 'SENTINEL'
/**
 * Another name of our own: most of the nodes of a cluster do not name the owner of the slot, or a node belongs to no
 * cluster.
 */
export const NO_OWNER = 'CLUSTER'
export const NO_CLUSTER = 'NOCLUSTER'

/** By the first word of Redis' message. A word that is not listed concerns its command only. */
export const REFUSALS = {
  READONLY: { concerns: 'server', advice: REPLICA },
  MASTERDOWN: { concerns: 'server', advice: REPLICA },
  UNBLOCKED: { concerns: 'server', advice: REPLICA },
  NOREPLICAS: {
    concerns: 'server',
    advice:
      'this primary has too few replicas to take writes (min-replicas-to-write); the gateway connects again',
  },
  [NO_PRIMARY]: {
    concerns: 'all',
    advice:
      'most of the Sentinels in REDIS_URL have to name the primary: check their addresses, its name, and REDIS_SENTINEL_PASSWORD',
  },
  LOADING: { concerns: 'all', advice: 'Redis reads its data and answers soon' },
  BUSY: { concerns: 'all', advice: 'a script of another program blocks Redis: see SCRIPT KILL' },
  MISCONF: { concerns: 'all', advice: 'Redis cannot write its data to its disk, so it takes no writes' },
  NOAUTH: { concerns: 'all', advice: 'Redis requires a password: set it in REDIS_URL' },
  WRONGPASS: { concerns: 'all', advice: 'Redis does not accept the user or the password in REDIS_URL' },
  [NO_OWNER]: {
    concerns: 'all',
    advice:
      'most of the primaries of the cluster have to answer, and to name the owner of the slot: check the addresses in REDIS_URL, and those that the nodes announce',
  },
  [NO_CLUSTER]: {
    concerns: 'all',
    advice: 'this Redis is no cluster: set REDIS_URL to redis://, or to its Sentinels',
  },
  MOVED: { concerns: 'slot', advice: CLUSTER },
  ASK: { concerns: 'slot', advice: CLUSTER },
  TRYAGAIN: { concerns: 'slot', advice: CLUSTER },
  CROSSSLOT: { concerns: 'all', advice: CLUSTER },
  CLUSTERDOWN: { concerns: 'slot', advice: CLUSTER },
  NOPERM: { concerns: 'command', advice: RIGHTS },
  OOM: {
    concerns: 'command',
    advice: 'Redis is full: raise maxmemory, or set maxmemory-policy to volatile-lru',
  },
} as const satisfies Record<string, Meaning>

const meaningOf = (name: string): Meaning | null =>
  Object.hasOwn(REFUSALS, name) ? REFUSALS[name as keyof typeof REFUSALS] : null

/** Whether Redis works and has refused this one command only. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof Error && isReply(error) && (meaningOf(nameOf(error))?.concerns ?? 'command') === 'command'

/** Whether the same address may lead to another Redis that would carry out what this one refuses. */
export const isOfServer = (name: string): boolean => meaningOf(name)?.concerns === 'server'

/** Whether the nodes of the cluster have to be queried again for the owner of the slot. */
export const isOfSlot = (name: string): boolean => meaningOf(name)?.concerns === 'slot'

/** Null if the name is enough, for example that of most socket errors. */
export const adviceOn = (name: string): string | null =>
  meaningOf(name)?.advice ?? adviceOnTls(name, 'REDIS_CA')

/** The same if the nodes of a cluster are followed. */
export const adviceInCluster = (name: string): string | null => (isOfSlot(name) ? SLOT : adviceOn(name))

/** The first word of Redis' message, or the code of the socket: never the whole text, which may quote a key or an address. */
export function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if (!isReply(error)) return 'code' in error && typeof error.code === 'string' ? error.code : 'connection'
  const { message } = error
  const inScript = /^ERR Error running script.*?-([A-Z]+) /s.exec(message)?.[1]
  if (inScript !== undefined) return inScript
  // Redis 7 has another message for a missing right inside a script.
  if (/^ERR .*executing the script can't (run|access)/.test(message)) return 'NOPERM'
  return /^[A-Z]+/.exec(message)?.[0] ?? 'ERR'
}

const isReply = (error: Error): boolean => error.name === 'ReplyError'
