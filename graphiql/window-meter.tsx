// What is left of the calls of one minute, as a number and as a bar.
import type { Answers } from './answers.ts'
import { Moment } from './moment.tsx'
import type { Window } from './spent.ts'

interface WindowProps {
  readonly window: Window | null
  readonly answers: Answers
}

export function WindowMeter({ window, answers }: WindowProps) {
  if (window === null) return null
  const { limit, remaining, resetAt } = window
  const text = `${remaining} of ${limit} left`
  return (
    <p className="cost-window">
      <meter min={0} max={limit} value={remaining} aria-label="Calls left" /> {text}
      {resetAt !== null && remaining < limit && (
        <>
          ; all of them again at <Moment at={resetAt} answers={answers} />
        </>
      )}
    </p>
  )
}
