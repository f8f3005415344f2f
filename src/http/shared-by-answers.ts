// What the answers of one server share: the checks of requests, the limits of memory, and what one answer leaves for the next.
import type { Clock } from '../clock.ts'
import type { Loop } from '../turns/loop.ts'
import type { TenantsSeen } from '../turns/tenants-seen.ts'
import type { ReceiveWebhook } from '../webhooks/receive.ts'
import type { AnswerOptions } from './answer-options.ts'
import { createAnswerWebhook } from './answer-webhook.ts'
import { createBodies } from './bodies.ts'
import { createCallerCheck } from './check-caller.ts'
import type { CallerCheckOptions } from './check-caller.ts'
import { compress } from './compress.ts'
import { createCors } from './cors.ts'
import { createHeads } from './heads.ts'
import { createKeptEncodings } from './kept-encodings.ts'
import { createKnownAnswers } from './known-answers.ts'
import type { HttpLimits } from './limits.ts'
import { createOpenStreams } from './open-streams.ts'
import { createRefusedPreflights } from './refused-preflights.ts'
import type { RefusedPreflight } from './refused-preflights.ts'
import { createTurns } from './turns.ts'

export interface SharedByAnswersOptions
  extends
    Pick<AnswerOptions, 'handle' | 'handlePlain' | 'isReady' | 'page' | 'onError' | 'onTurnedAway'>,
    Pick<CallerCheckOptions, 'authenticate'>,
    Partial<Pick<CallerCheckOptions, 'callerRateLimit' | 'trustedProxies'>> {
  /** Origins of web pages that may send requests; left out: none. */
  readonly corsOrigins?: readonly string[]
  /** Further headers that such pages may send, in lower case. */
  readonly corsHeaders?: readonly string[]
  /** Called once for each origin whose preflight is refused, up to a number of origins. */
  readonly onPreflightRefused?: (refused: RefusedPreflight) => void
  /** Receives Aurora's webhooks. Left out or null: the server receives none. */
  readonly receiveWebhook?: ReceiveWebhook | null
  readonly clock: Clock
}

/** What the parts of the server that limit something need. */
export interface Bounded {
  readonly clock: Clock
  readonly loop: Loop
  readonly limits: HttpLimits
  readonly seen: TenantsSeen
}

export function createSharedByAnswers(
  options: SharedByAnswersOptions & Pick<AnswerOptions, 'onRelief'>,
  bounded: Bounded,
): AnswerOptions {
  const { clock, trustedProxies = 0, receiveWebhook: receive = null } = options
  return {
    ...options,
    checkCaller: createCallerCheck({ callerRateLimit: 0, trustedProxies: 0, ...options }),
    compress,
    heads: createHeads(),
    known: createKnownAnswers(bounded.limits),
    encodings: createKeptEncodings(),
    cors: createCors({
      origins: options.corsOrigins ?? [],
      headers: options.corsHeaders ?? [],
      onRefused: createRefusedPreflights(options.onPreflightRefused ?? (() => {})),
    }),
    ...(receive && { answerWebhook: createAnswerWebhook({ receive, trustedProxies, clock }) }),
    bodies: createBodies(bounded),
    turns: createTurns(bounded),
    streams: createOpenStreams(bounded),
  }
}
