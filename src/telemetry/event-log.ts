// Hears the stations' events and logs those that whoever runs the gateway should know of, however often they happen.
import type { Clock } from '../clock.ts'
import type { Emit, EventName } from './events.ts'
import type { Log } from './log.ts'
import type { RequestRecord } from './request-record.ts'

type Level = 'info' | 'warn'

/** Events that are not here happen all day and are for counting, not for reading. */
const WORTH_READING: Readonly<Partial<Record<EventName, { level: Level; message: string }>>> = {
  faulted: { level: 'warn', message: 'an attempt at Aurora brought no whole answer' },
  paused: { level: 'warn', message: 'Aurora answered 429: the key rests; does another program use it?' },
  circuitOpened: {
    level: 'warn',
    message: 'Aurora failed several times in a row and is left alone for a while',
  },
  circuitClosed: { level: 'info', message: 'Aurora answers again' },
  revalidationFailed: { level: 'info', message: 'a refresh behind a stale answer failed' },
  cacheFileIgnored: { level: 'warn', message: 'the cache file is of no use: the cache begins empty' },
  cacheFileNotWritten: { level: 'warn', message: 'the cache file could not be written' },
  redisDown: { level: 'warn', message: 'Redis does not answer: this replica goes on alone' },
  redisUp: { level: 'info', message: 'Redis answers again' },
  redisRefused: { level: 'warn', message: 'Redis refuses a command: is it full?' },
  identityProviderFailed: {
    level: 'warn',
    message: 'the keys of the identity provider cannot be had: tokens cannot be checked',
  },
  itemUnreadable: { level: 'warn', message: 'a list held items without an id' },
}

/** An Aurora that is down fails thousands of calls in the same way: a line a second for each name tells as much. */
const QUIET_MS = 1000

/** Of a request its id alone, by which the lines that belong to it are found. */
function toFields(fact: object & { readonly record?: RequestRecord | undefined }): object {
  const { record, ...fields } = fact
  return record ? { requestId: record.id, ...fields } : fields
}

/**
 * The first of a name is logged at once. Others that follow within a second are counted, and told in one line at its
 * end with the facts of the last of them, so that no storm is silent and none fills the disk.
 */
export function createEventLog(log: Log, clock: Clock): Emit {
  const held = new Map<EventName, { count: number; last: object }>()

  function write(name: EventName, fact: object): void {
    const line = WORTH_READING[name]
    if (!line) return
    log[line.level](toFields(fact), line.message)
    held.set(name, { count: 0, last: fact })
    clock.after(QUIET_MS, () => endQuiet(name))
  }

  function endQuiet(name: EventName): void {
    const storm = held.get(name)
    held.delete(name)
    if (storm && storm.count > 0) write(name, { ...storm.last, times: storm.count })
  }

  return (name, fact) => {
    const storm = held.get(name)
    if (storm) held.set(name, { count: storm.count + 1, last: fact })
    else write(name, fact)
  }
}
