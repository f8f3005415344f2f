// Logs the events that an operator should read, with few lines however often they happen.
import type { Clock } from '../clock.ts'
import type { Emit, EventName, UpstreamEvents } from './events.ts'
import type { Log } from './log.ts'
import type { RequestRecord } from './request-record.ts'

interface Line<Fact> {
  readonly level: 'info' | 'warn'
  readonly message: string
  /** Left out: each event of the name. */
  readonly isLogged?: (fact: Fact) => boolean
}

const UNAUTHORIZED = 401
const LEAST_SERVER_ERROR = 500

/** All other events happen all day: they are counted and not logged. */
const WORTH_READING: { readonly [Name in EventName]?: Line<UpstreamEvents[Name]> } = {
  attempted: {
    level: 'warn',
    message:
      'Aurora answered with 401, so that it does not accept the credential, or with an error of its own',
    isLogged: ({ status }) => status === UNAUTHORIZED || (status ?? 0) >= LEAST_SERVER_ERROR,
  },
  faulted: { level: 'warn', message: 'an attempt at Aurora brought no whole answer' },
  paused: {
    level: 'warn',
    message: 'Aurora answered 429: no call is made with the key for a while; does another program use it?',
  },
  circuitOpened: {
    level: 'warn',
    message:
      'Aurora failed several times in a row: a host, a tenant or an operation gets no calls for a while',
  },
  circuitClosed: { level: 'info', message: 'Aurora answers again' },
  revalidationFailed: { level: 'info', message: 'the refresh of a stale answer failed' },
  replyTooLarge: {
    level: 'warn',
    message: 'a reply does not fit into the cache, so each use of it costs a call: raise CACHE_MAX_MB',
  },
  cacheFileIgnored: {
    level: 'warn',
    message:
      'the cache file cannot be used: the cache begins empty. If that is so at each start, set CACHE_FILE to a file that this user can read and write, one for each process',
  },
  cacheFileNotWritten: {
    level: 'warn',
    message:
      'the cache file could not be written: the next start begins with an older cache or an empty one. Set CACHE_FILE to a path in a folder that can be written to, on a disk with free space',
  },
  cacheFileIncomplete: { level: 'warn', message: 'the cache file was written without some answers' },
  spentNotKept: {
    level: 'warn',
    message:
      'what is spent of the budget cannot be kept: after a restart within the minute Aurora may answer 429. Set STATE_DIR to a folder that can be written to, or to off',
  },
  redisDown: { level: 'warn', message: 'Redis cannot be used: this replica continues without it' },
  redisUp: { level: 'info', message: 'Redis can be used again' },
  redisRefused: { level: 'warn', message: 'Redis refuses a command' },
  identityProviderFailed: {
    level: 'warn',
    message: 'the keys of the identity provider cannot be fetched: tokens cannot be checked',
  },
  tokenRefused: {
    level: 'info',
    message: 'a token of the identity provider was refused: the claim or the code is the reason',
  },
  routerNotNotified: {
    level: 'warn',
    message: 'a router does not take what has changed: its cache may show what was before, until it does',
  },
  routerLeftBehind: {
    level: 'warn',
    message:
      'the gateway ends, and a router has not taken what has changed: its cache may show what was before, until it is too old',
  },
  itemUnreadable: { level: 'warn', message: 'a list contained items without an id' },
}

/** An Aurora that is down fails thousands of calls in the same way: one line a second for each event is enough. */
const QUIET_MS = 1000

interface Left {
  readonly record?: RequestRecord | undefined
  readonly host?: string
}

/** Replaces the record of a request by its id, by which all lines of the request can be found. No line has an address. */
function toFields(fact: object & Left): object {
  const { record, host: _, ...fields } = fact
  return record ? { requestId: record.id, ...fields } : fields
}

/**
 * Logs the first event of a name at once. Events of that name within the next second are counted and logged as one line
 * at its end, with the facts of the last of them: a storm of events is visible and does not fill the disk.
 */
export function createEventLog(log: Log, clock: Clock): Emit {
  const held = new Map<EventName, { count: number; last: object }>()

  function write(name: EventName, fact: object, line: Line<never>): void {
    log[line.level](toFields(fact), line.message)
    held.set(name, { count: 0, last: fact })
    clock.after(QUIET_MS, () => endQuiet(name, line))
  }

  function endQuiet(name: EventName, line: Line<never>): void {
    const storm = held.get(name)
    held.delete(name)
    if (storm && storm.count > 0) write(name, { ...storm.last, times: storm.count }, line)
  }

  log.beforeEnd?.(() => {
    for (const [name, { count, last }] of held) {
      const line = WORTH_READING[name]
      if (line && count > 0) log[line.level]({ ...toFields(last), times: count }, line.message)
    }
    held.clear()
  })

  return (name, fact) => {
    const line = WORTH_READING[name]
    if (!line || line.isLogged?.(fact) === false) return
    const storm = held.get(name)
    if (storm) held.set(name, { count: storm.count + 1, last: fact })
    else write(name, fact, line)
  }
}
