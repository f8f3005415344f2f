// Hears the stations' events and logs those that whoever runs the gateway should know of.
import type { Emit, EventName } from './events.ts'
import type { Log } from './log.ts'

type Level = 'info' | 'warn'

/** Events that are not here happen all day and are for counting, not for reading. */
const WORTH_READING: Readonly<Partial<Record<EventName, { level: Level; message: string }>>> = {
  faulted: { level: 'warn', message: 'an attempt at Aurora brought no whole answer' },
  paused: { level: 'warn', message: 'Aurora answered 429: the key rests; does another program use it?' },
  revalidationFailed: { level: 'info', message: 'a refresh behind a stale answer failed' },
  redisDown: { level: 'warn', message: 'Redis does not answer: this replica goes on alone' },
  redisUp: { level: 'info', message: 'Redis answers again' },
  redisRefused: { level: 'warn', message: 'Redis refuses a command: is it full?' },
  itemUnreadable: { level: 'warn', message: 'a list held items without an id' },
}

export const createEventLog =
  (log: Log): Emit =>
  (name, fact) => {
    const line = WORTH_READING[name]
    if (line) log[line.level](fact, line.message)
  }
