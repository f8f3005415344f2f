// What the stations tell of themselves: plain facts, emitted where they happen; who listens is decided in gateway.ts.
import type { ErrorCode } from '../errors/codes.ts'

export interface UpstreamEvents {
  /** One attempt left for Aurora and ended; `status` is null when no answer came. */
  readonly attempted: {
    readonly operation: string
    readonly status: number | null
    readonly durationMs: number
  }
  /** The attempt brought no whole answer; `fault` is the name of what went wrong, never its text, which may quote Aurora. */
  readonly faulted: { readonly operation: string; readonly code: ErrorCode; readonly fault: string }
  /** A call was answered without an attempt of its own. */
  readonly saved: { readonly operation: string; readonly by: 'cache' | 'joined' | 'stale' }
  readonly retried: { readonly operation: string; readonly attempt: number; readonly delayMs: number }
  /** Aurora answered 429 in spite of the count: the key rests for `pauseMs`. */
  readonly paused: { readonly operation: string; readonly pauseMs: number }
  readonly refused: { readonly operation: string; readonly retryInMs: number }
  /** A refresh behind a stale answer came to nothing; the stale copy stays. */
  readonly revalidationFailed: { readonly operation: string; readonly code: ErrorCode }
  /** An item of a list had no id, so nothing can refer to it. */
  readonly itemUnreadable: { readonly operation: string; readonly count: number }
  /** Redis no longer answers: this replica goes on alone. `reason` is a name, never Redis' own text. */
  readonly redisDown: { readonly connection: string; readonly reason: string }
  readonly redisUp: { readonly connection: string }
  /** Redis answers, but will not do this one thing, such as store when it is full. */
  readonly redisRefused: { readonly connection: string; readonly reason: string }
  /** A value in Redis was not what this version stores: taken for nothing. */
  readonly sharedUnreadable: { readonly what: 'reply' | 'drop' }
  readonly errorPresented: { readonly code: ErrorCode }
}

export type EventName = keyof UpstreamEvents
export type Emit = <Name extends EventName>(name: Name, fact: UpstreamEvents[Name]) => void
