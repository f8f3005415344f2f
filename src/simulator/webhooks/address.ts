// The address that one webhook is sent to: the template of a subscription with its attributes filled in.

import { rowOf } from './events.ts'
import type { SentEvent } from './events.ts'

export interface Target {
  /** Distinguishes it from the others, however its members change. */
  readonly id: string
  /** Null: every event. */
  readonly event: string | null
  readonly urlTemplate: string
  readonly authKey: string | null
  readonly authValue: string | null
  readonly isEnabled: boolean
}

/** What an attribute that no page of Aurora has is filled with: the likely value, nothing, or its placeholder as it stands. */
export const UNPUBLISHED = ['given', 'empty', 'kept'] as const

export type Unpublished = (typeof UNPUBLISHED)[number]

/** Undefined if the filled template is no address. `<EVENT>` is the name of the event; Aurora has no such attribute. */
export function fillTemplate(
  template: string,
  { event, attributes }: SentEvent,
  unpublished: Unpublished,
): URL | undefined {
  const { attributes: names, isGuess = false } = rowOf(event)
  const filled = template.replace(/<([A-Z_]+)>/g, (placeholder, name: string) => {
    if (name === 'EVENT') return event
    const isKnown = names.includes(name) && (!isGuess || unpublished === 'given')
    if (!isKnown && unpublished === 'kept') return placeholder
    return isKnown ? encodeURIComponent(attributes[name] ?? '') : ''
  })
  return URL.canParse(filled) ? new URL(filled) : undefined
}

/** This machine, by names that no resolver of another network answers. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}
