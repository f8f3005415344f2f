// Requests the cost of what is typed: after a pause in typing, one request at a time, and none that would be refused.
import type { Answers } from './answers.ts'
import type { Plan, Reply } from './ask-cost.ts'
import { readQuestion } from './question.ts'
import type { Question, Typed } from './question.ts'
import type { Window } from './spent.ts'

export interface Estimate {
  /** What was counted last; null where nothing can be. */
  readonly counted: { readonly plan: Plan; readonly window: Window | null } | null
  /** What is missing, in place of a number. */
  readonly hint: string | null
  /** Whether the number belongs to an earlier text, and the next is on its way. */
  readonly isCounting: boolean
}

export interface AskerOptions {
  ask(question: Question, signal: AbortSignal): Promise<Reply>
  show(estimate: Estimate): void
  readonly answers: Pick<Answers, 'get' | 'noteHead'>
  /** Calls `work` after the delay. Returns a function that cancels it. */
  after(delayMs: number, work: () => void): () => void
  now(): number
}

export interface Asker {
  /** Receives what is typed after each change of it. */
  consider(typed: Typed): void
  stop(): void
}

/** Long enough that no request is sent between two keys, and short enough that the cost is there before a hand is at the mouse. */
const TYPED_MS = 150
/** Longer, because a half-typed key is a wrong key, and the gateway counts wrong keys of an address. */
const HEADERS_MS = 1000

export function createAsker({ ask, show, answers, after, now }: AskerOptions): Asker {
  let estimate: Estimate = { counted: null, hint: null, isCounting: false }
  let headers: string | null = null
  let refusedHeaders: string | null = null
  let stopLast = (): void => {}
  const change = (changed: Partial<Estimate>): void => {
    estimate = { ...estimate, ...changed }
    show(estimate)
  }
  const hint = (text: string): void => change({ counted: null, hint: text, isCounting: false })

  async function count(typed: Typed, signal: AbortSignal): Promise<void> {
    headers = typed.headers
    const question = readQuestion(typed)
    if ('hint' in question) return hint(question.hint)
    const { refused } = answers.get()
    if (refused?.status === 401 && (typed.headers === refusedHeaders || typed.schema === null)) {
      refusedHeaders = typed.headers
      return hint(NO_KEY)
    }
    if (refused?.untilMs != null && refused.untilMs > now()) return waitUntil(refused.untilMs, typed)
    change({ isCounting: true })
    const reply = await ask(question, signal)
    if (signal.aborted) return
    if (reply.kind === 'fault') return hint(reply.message)
    answers.noteHead(reply.response)
    if (reply.kind === 'plan')
      return change({ counted: { plan: reply.plan, window: reply.window }, hint: null, isCounting: false })
    if (reply.response.status === 401) {
      refusedHeaders = typed.headers
      return hint(NO_KEY)
    }
    waitUntil(answers.get().refused?.untilMs ?? now() + WITHOUT_TIME_MS, typed)
  }

  function waitUntil(untilMs: number, typed: Typed): void {
    const time = new Date(untilMs).toLocaleTimeString()
    hint(`The gateway takes no more requests of this caller until ${time}. The cost is counted then.`)
    begin(typed, untilMs - now())
  }

  function begin(typed: Typed, delayMs: number): void {
    stopLast()
    const leaving = new AbortController()
    const takeBack = after(
      delayMs,
      () =>
        void count(typed, leaving.signal).catch((error: unknown) => {
          if (!leaving.signal.aborted) hint(`The gateway cannot be reached: ${String(error)}`)
        }),
    )
    stopLast = () => {
      takeBack()
      leaving.abort()
    }
  }

  return {
    consider: (typed) => begin(typed, headers !== null && headers !== typed.headers ? HEADERS_MS : TYPED_MS),
    stop: () => stopLast(),
  }
}

const NO_KEY = 'The gateway does not know this caller: put your key into the tab Headers.'
/** A refusal without a time comes from a proxy, because the gateway names one. */
const WITHOUT_TIME_MS = 10_000
