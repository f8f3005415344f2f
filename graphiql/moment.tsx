// A moment in the future, by the clock of the wall and counted down.
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
  // A screen reader is not read every second of it.
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
  // By the time of this rendering: one that was noted before has passed when another moment comes.
  const waitMs = at === null ? 0 : Math.max(0, Date.parse(at) - Date.now() - aheadMs)
  const isOver = waitMs === 0
  useEffect(() => {
    if (isOver) return
    const timer = setInterval(tick, 1000)
    return () => clearInterval(timer)
  }, [isOver, at])
  return waitMs
}
