import { useCost } from './cost.ts'

/** What the last answer has cost in calls to Aurora. */
export function CostLine() {
  const cost = useCost()
  if (!cost) return null
  const { calls, saved, limit, remaining } = cost
  return (
    <p>
      Last answer: <strong>{calls}</strong> {calls === 1 ? 'call' : 'calls'} to Aurora,{' '}
      {saved.cache + saved.joined + saved.stale} saved. {remaining} of {limit} left in this minute.
    </p>
  )
}
