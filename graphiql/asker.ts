// Asks for the cost of what is typed: once it has been left alone for a moment, one question at a time, and none that is refused.
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
  /** Calls back after so long; returns what takes it back. */
  after(delayMs: number, work: () => void): () => void
  now(): number
}

export interface Asker {
  /** Receives what is typed after each change of it. */
  consider(typed: Typed): void
  stop(): void
}

/** Long enough that one who types is left alone, and short enough that the cost is there before the hand is at the mouse. */
const TYPED_MS = 150
/** A key that is half typed is a wrong key, and wrong keys are counted against the address. */
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
    hint('The gateway takes no more requests of this caller for a moment; then the cost is counted.')
    begin(typed, untilMs - now())
  }

  function begin(typed: Typed, delayMs: number): void {
    stopLast()
    const leaving = new AbortController()
    const takeBack = after(
      delayMs,
      () =>
        void count(typed, leaving.signal).catch((error: unknown) => {
          if (!leaving.signal.aborted) hint(`The gateway cannot be asked: ${String(error)}`)
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
/** A refusal without a time comes from something in between. */
const WITHOUT_TIME_MS = 10_000
