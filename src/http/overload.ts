// Refuses a request for which there is no room, and counts the refusal.

import type { Clock } from '../clock.ts'
import { overloaded, reliefOf } from './refusal.ts'
import type { Refusal } from './refusal.ts'
import type { Relief } from './relief.ts'

interface OverloadOptions {
  readonly clock: Clock
  onRelief(relief: Relief): void
}

export function overload(
  what: 'requests' | 'bodies' | 'answers' | 'streams',
  by: 'caller' | 'all',
  { clock, onRelief }: OverloadOptions,
): Refusal {
  const relief = reliefOf(what, by)
  onRelief(relief)
  return overloaded(relief, clock.wallMs())
}
