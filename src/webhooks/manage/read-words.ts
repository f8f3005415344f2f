// The words of the command `npm run webhooks`.
import { EVENT_NAMES } from '../../aurora/events.ts'
import type { EventName } from '../../aurora/events.ts'
import type { Verb } from './manage.ts'
import { findAddressFault } from './own-address.ts'

export interface Words {
  readonly verb: Verb
  readonly url: URL
  /** Null: none were named. */
  readonly events: readonly EventName[] | null
  /** Null: all tenants. */
  readonly tenant: string | null
  readonly isSecretRenewed: boolean
  readonly isJson: boolean
  readonly callsPerMinute: number | null
}

/** Thrown for mistakes that the user can correct; its message is for people. */
export class UsageError extends Error {}

const USAGE = `npm run webhooks -- plan   --url https://gateway.example.com    what apply would do
npm run webhooks -- apply  --url …    creates what is missing, switches on and corrects what is there
npm run webhooks -- status --url …    shows what is there; exits with 1 where something is missing or wrong
npm run webhooks -- remove --url …    deletes the subscriptions that lead to this address, and no others

--url                where Aurora reaches the gateway: https://, and whatever path a proxy puts before
--tenant <name>      one tenant of TENANTS_FILE only
--events a,b         these events instead of all that make a cached answer untrue; remove: instead of all
--renew-secret       apply writes the secret to all subscriptions, also where it seems to be right
--calls-per-minute   how fast it may call Aurora where no Redis shares the budget with the running gateway
--json               the result as JSON`

const VERBS: readonly Verb[] = ['plan', 'apply', 'status', 'remove']
const VALUED = ['--url', '--tenant', '--events', '--calls-per-minute']
const FLAGS = ['--renew-secret', '--json']

export function readWords(words: readonly string[]): Words {
  const { positional, options, flags } = sortWords(words)
  const verb = VERBS.find((known) => known === positional[0])
  const url = options.get('--url')
  if (!verb || positional.length !== 1 || url === undefined) throw new UsageError(USAGE)
  const fault = findAddressFault(url)
  if (fault !== null) throw new UsageError(`--url ${fault}.`)
  return {
    verb,
    url: new URL(url),
    events: readEvents(options.get('--events')),
    tenant: options.get('--tenant') ?? null,
    isSecretRenewed: flags.has('--renew-secret'),
    isJson: flags.has('--json'),
    callsPerMinute: readPace(options.get('--calls-per-minute')),
  }
}

function sortWords(words: readonly string[]) {
  const positional: string[] = []
  const options = new Map<string, string>()
  const flags = new Set<string>()
  const left = [...words]
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    const [name = '', given] = word.startsWith('--') ? word.split(/=(.*)/s) : [word]
    if (FLAGS.includes(name) && given === undefined) flags.add(name)
    else if (VALUED.includes(name)) {
      const value = given ?? left.shift()
      if (value === undefined) throw new UsageError(`${name} needs a value.`)
      options.set(name, value)
    } else if (name.startsWith('-')) throw new UsageError(`${name} is not known.\n\n${USAGE}`)
    else positional.push(name)
  }
  return { positional, options, flags }
}

function readEvents(given: string | undefined): readonly EventName[] | null {
  if (given === undefined) return null
  const names = [
    ...new Set(
      given
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean),
    ),
  ]
  const unknown = names.filter((name) => !isEventName(name))
  if (names.length === 0 || unknown.length > 0)
    throw new UsageError(`--events names an event that is not known: ${unknown.join(', ') || 'none'}.`)
  return names.filter(isEventName)
}

const isEventName = (name: string): name is EventName => EVENT_NAMES.some((known) => known === name)

function readPace(given: string | undefined): number | null {
  if (given === undefined) return null
  const pace = Number(given)
  if (!Number.isInteger(pace) || pace < 1)
    throw new UsageError('--calls-per-minute must be a whole number from 1.')
  return pace
}
