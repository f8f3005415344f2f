// What can be made to go wrong with webhooks on their way, by chance that a seed decides.

import { UNPUBLISHED } from './address.ts'
import type { Unpublished } from './address.ts'

export interface WebhookFaults {
  /** The share that is never sent, from 0 to 1. Nothing repeats it. */
  readonly loss: number
  /** The share that is sent twice. */
  readonly duplicates: number
  /** The share that is held back until a later one has been sent to the same address. */
  readonly disorder: number
  /** Each waits for a time between nothing and this. */
  readonly delayMs: number
  readonly unpublished: Unpublished
}

export const NO_WEBHOOK_FAULTS: WebhookFaults = {
  loss: 0,
  duplicates: 0,
  disorder: 0,
  delayMs: 0,
  unpublished: 'given',
}

const isShare = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= 1

const CHECKS: { readonly [Name in keyof WebhookFaults]: (value: unknown) => boolean } = {
  loss: isShare,
  duplicates: isShare,
  disorder: isShare,
  delayMs: (value) => typeof value === 'number' && value >= 0,
  unpublished: (value) => UNPUBLISHED.some((known) => known === value),
}

/** Undefined unless `value` is an object that holds known members with values that they can have. */
export function parseWebhookFaults(value: unknown): Partial<WebhookFaults> | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const checks: Readonly<Record<string, (value: unknown) => boolean>> = CHECKS
  return Object.entries(value).every(([name, chosen]) => checks[name]?.(chosen)) ? value : undefined
}
