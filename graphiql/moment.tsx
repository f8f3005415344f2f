// A moment in the future: its time of day, and how long until then.
import { useEffect, useReducer, useSyncExternalStore } from 'react'
import type { Answers } from './answers.ts'
import { describeWait } from './words.ts'

interface MomentProps {
  /** ISO 8601. */
  readonly at: string
  readonly answers: Answers
}

export function Moment({ at, answers }: MomentProps) {
  const waitMs = useWaitMs(at, answers)
  // Hidden from screen readers, which would read it every second.
  return (
    <time dateTime={at}>
      {new Date(at).toLocaleTimeString()} <span aria-hidden="true">({describeWait(waitMs)})</span>
    </time>
  )
}

/** How long until then; 0 once it has come. */
export function useWaitMs(at: string | null, answers: Answers): number {
  const { aheadMs } = useSyncExternalStore(answers.subscribe, answers.get)
  const [, tick] = useReducer((ticks: number) => ticks + 1, 0)
  // By the time of this rendering: a time that was stored earlier would be too old when `at` changes.
  const waitMs = at === null ? 0 : Math.max(0, Date.parse(at) - Date.now() - aheadMs)
  const isOver = waitMs === 0
  useEffect(() => {
    if (isOver) return
    const timer = setInterval(tick, 1000)
    return () => clearInterval(timer)
  }, [isOver, at])
  return waitMs
}
