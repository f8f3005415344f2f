// Marks an end of a list that is in doubt: Aurora answers that the next page does not exist, which may be a fault of the way.
import type { Members } from '../aurora/body.ts'
import type { Endpoint } from '../aurora/endpoint.ts'
import { NOT_FOUND } from '../aurora/lifetimes.ts'
import { GatewayError } from '../errors/errors.ts'
import { NOT_FOUND_STATUS } from '../rest/no-such-page.ts'

/** Of pages and of whole lists. The arrays are the marks, so that a list without a doubt has nothing for it. */
const reasons = new WeakMap<readonly Members[], GatewayError>()

/** What is read in the place of the page. */
export const toEndInDoubt = ({ method, route }: Endpoint, answeredAtMs: number): readonly Members[] =>
  withReason(
    [],
    new GatewayError(
      'UPSTREAM_UNAVAILABLE',
      'Aurora answers that the next page of this list does not exist. That may be a fault in passing, so it is not known yet whether the list ends there.',
      {
        upstream: { method, route, status: NOT_FOUND_STATUS },
        retryAtMs: answeredAtMs + NOT_FOUND.freshMs,
      },
    ),
  )

/** Why it is not known whether the list has ended; null where its end is in no doubt. */
export const doubtOf = (items: readonly Members[]): GatewayError | null => reasons.get(items) ?? null

/** Marks what was read up to this page like the page. */
export function withDoubtOf(page: readonly Members[], items: readonly Members[]): readonly Members[] {
  const reason = doubtOf(page)
  return reason ? withReason(items, reason) : items
}

function withReason(items: readonly Members[], reason: GatewayError): readonly Members[] {
  reasons.set(items, reason)
  return items
}
