// Why the end of a list is in doubt: Aurora answers that the next page does not exist, or says that more follows and shows no more.
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import { NOT_FOUND } from '../aurora/lifetimes.ts'
import { GatewayError } from '../errors/errors.ts'
import type { Refusal } from '../rest/attempt-error.ts'

/** Why a list may lack items: one of them is on two pages, so another may be on none; or some have no id. */
export type Lack = 'ITEMS_MOVED' | 'ITEMS_UNREADABLE'

/** The doubts of pages and of whole lists. The arrays are the keys, so that a list without a doubt needs no mark. */
const reasons = new WeakMap<readonly Members[], GatewayError>()

/** What is read in the place of the page. */
export const toEndInDoubt = (
  { method, route }: Endpoint,
  { status, answeredAtMs }: Pick<Refusal, 'status' | 'answeredAtMs'>,
): readonly Members[] =>
  withDoubt(
    [],
    new GatewayError(
      'UPSTREAM_UNAVAILABLE',
      'Aurora answers that the next page of this list does not exist. That may be a fault in passing, so it is not known yet whether the list ends there.',
      { upstream: { method, route, status }, retryAtMs: answeredAtMs + NOT_FOUND.freshMs },
    ),
  )

/** What is read in the place of a page that Aurora refuses behind a full one. It names no time, because a repeat is refused as well. */
export const toUnshownEnd = (
  { method, route }: Endpoint,
  { status }: Pick<Refusal, 'status'>,
): readonly Members[] =>
  withDoubt(
    [],
    new GatewayError(
      'UPSTREAM_INVALID',
      'Aurora refuses the next page of this list behind a full one. So it is not known whether the list ends there, or whether Aurora does not show the rest of it.',
      { upstream: { method, route, status } },
    ),
  )

/** It names no time: a repeat is answered in the same way. */
export const toUnshown = ({ method, route }: Endpoint): GatewayError =>
  new GatewayError(
    'UPSTREAM_INVALID',
    'Aurora says that more of this list follows, and does not show it when the next page is asked for by its number. So it is not known what the rest of the list has.',
    { upstream: { method, route } },
  )

/** Why an object that is not on the pages may be in the list all the same. */
export const toLacking = ({ method, route }: Endpoint, lack: Lack): GatewayError =>
  lack === 'ITEMS_MOVED'
    ? new GatewayError('CONFLICT', OF_MOVED, { upstream: { method, route } })
    : new GatewayError('UPSTREAM_INVALID', OF_UNREADABLE, { upstream: { method, route } })

const OF_MOVED =
  'The list has changed while its pages were read, so it is not known whether it has such an object: ask with `Cache-Control: no-cache`.'
const OF_UNREADABLE =
  'Aurora’s list has items without an id, so it is not known whether one of them is this object.'

/** Why it is not known whether the list has ended; null if its end is in no doubt. */
export const doubtOf = (items: readonly Members[]): GatewayError | null => reasons.get(items) ?? null

export function withDoubt(items: readonly Members[], reason: GatewayError | null): readonly Members[] {
  if (reason) reasons.set(items, reason)
  return items
}
