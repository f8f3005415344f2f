// The one call of `npm run doctor`: it is sent once, is counted within the limit, and shows whether Aurora accepts the credential.
import { existsSync } from 'node:fs'
import { READS } from '../aurora/reads.ts'
import { withBudget } from '../budget/with-budget.ts'
import type { Clock } from '../clock.ts'
import { createCommandTerms, NoRoomError, openCommandBudget } from './command-budget.ts'
import type { CommandBudget, KeyLimits } from './command-budget.ts'
import type { Config } from '../config/config.ts'
import { checkClock, toReading } from '../doctor/check-clock.ts'
import type { ClockReading } from '../doctor/check-clock.ts'
import { skipped, warning } from '../doctor/finding.ts'
import type { Finding } from '../doctor/finding.ts'
import { judgeCall } from '../doctor/judge-call.ts'
import { isGatewayError } from '../errors/errors.ts'
import { createCall } from '../rest/call.ts'
import type { Call, Reply } from '../rest/call.ts'
import type { Scope } from '../rest/scope.ts'
import type { Emit } from '../telemetry/events.ts'

export interface TryOptions {
  readonly config: Config
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly limits: KeyLimits
}

export interface Tried {
  readonly calls: number
  readonly findings: readonly Finding[]
}

/** What is recorded while the call is made. */
interface Seen {
  calls: number
  sentWallMs: number
  /** The name of a failure without a whole answer. */
  fault: string | null
  reading: ClockReading | null
  /** Whether a running gateway does not count the call. */
  isUnseen: boolean
}

export async function tryTenant(
  { name: tenant, scope }: { readonly name: string; readonly scope: Scope },
  options: TryOptions,
): Promise<Tried> {
  const { config } = options
  const seen: Seen = { calls: 0, sentWallMs: 0, fault: null, reading: null, isUnseen: false }
  const error = await sendOnce(scope, seen, options).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (error instanceof UncountedError) return { calls: 0, findings: [UNCOUNTED] }
  if (error instanceof NoRoomError) return { calls: 0, findings: [noCall(error.message)] }
  if (seen.calls === 0 && isGatewayError(error) && error.code === 'RATE_LIMITED')
    return { calls: 0, findings: [noCall('All calls of this window are spent.')] }
  const messages = isGatewayError(error) ? (error.details.messages ?? []) : []
  const credential = credentialOf(config)
  return {
    calls: seen.calls,
    findings: [
      judgeCall({ tenant, host: scope.baseUrl.host, credential, error, fault: seen.fault, messages }),
      ...(seen.isUnseen ? [UNSEEN] : []),
      ...(seen.reading === null ? [] : [checkClock(seen.reading, isTimed(config))]),
    ],
  }
}

const noCall = (why: string): Finding =>
  warning(
    'aurora',
    `The credential was not tried. ${why}`,
    'Run this again in a minute, or with --offline without a call',
  )

/** Without Redis each replica has only its share, and this command would be one more replica. */
export const UNCOUNTED = skipped(
  'aurora',
  'The credential was not tried: without Redis no gateway counts the call',
)

/** The connection to Redis was lost after the look at it. */
class UncountedError extends Error {}

const UNSEEN = warning(
  'aurora',
  'Neither Redis nor a state folder that can be written: a running gateway does not count this call',
  'Where one runs, give this command its REDIS_URL or its STATE_DIR',
)

/** Signatures contain the time, and so do tokens of callers. */
const isTimed = ({ aurora, tenants, tokens }: Config): boolean =>
  tokens !== null ||
  [aurora, ...tenants.map((each) => each.aurora)].some((each) => each?.credential.kind === 'hmac')

const credentialOf = ({ aurora }: Config): string =>
  aurora === null
    ? 'its credential in TENANTS_FILE'
    : aurora.credential.kind === 'bearer'
      ? 'AURORA_API_TOKEN'
      : 'AURORA_API_KEY and AURORA_API_SECRET'

/** Waits for a slot for one window at the most. There is no second attempt, for example after a 429. */
async function sendOnce(scope: Scope, seen: Seen, options: TryOptions): Promise<Reply> {
  const { config, clock, signal } = options
  const ending = new AbortController()
  const { budget, attempt, shared, close } = await openBudget(seen, options)
  const send = withBudget({ budget, clock, emit: () => {} })(async (call) => {
    seen.calls += 1
    seen.sentWallMs = clock.wallMs()
    try {
      return await attempt(call)
    } catch (error) {
      ending.abort(error)
      throw error
    }
  })
  try {
    const connections = shared.connections()
    if (connections.length > 0 && !connections.some(({ isUp }) => isUp)) throw new UncountedError()
    return await send(callOf(scope, { config, clock, signal: AbortSignal.any([signal, ending.signal]) }))
  } finally {
    await close()
  }
}

function openBudget(seen: Seen, { config, clock, signal, limits }: TryOptions): Promise<CommandBudget> {
  const emit: Emit = (...[name, fact]: Parameters<Emit>) => {
    if (name === 'faulted' && 'fault' in fact) seen.fault = fact.fault
  }
  const { stateDir } = config
  return openCommandBudget({
    // Without a folder no gateway counts in one, and this user may be another one than that of the gateway.
    config: { ...config, stateDir: stateDir !== null && existsSync(stateDir) ? stateDir : null },
    clock,
    emit,
    signal,
    share: 1,
    limits,
    onUnseen: () => void (seen.isUnseen = true),
    onHeaders: (headers) => {
      const first = (name: string): string | null => [headers[name]].flat()[0] ?? null
      seen.reading = toReading(
        { date: first('date'), age: first('age') },
        { whose: "Aurora's", sentWallMs: seen.sentWallMs, receivedWallMs: clock.wallMs() },
      )
    },
  })
}

function callOf(
  scope: Scope,
  { config, clock, signal }: Pick<TryOptions, 'config' | 'clock' | 'signal'>,
): Call {
  const nowMs = clock.monotonicMs()
  const untilMs = nowMs + config.rateWindowMs + config.attemptTimeoutMs
  const about = { scope, caller: 'doctor', callClass: 'interactive', signal } as const
  const terms = createCommandTerms({ ...about, nowMs, untilMs })
  return createCall(terms, { endpoint: READS.retrieveTenant, path: {}, query: {} })
}
