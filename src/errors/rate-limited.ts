// The refusal of a call for which no slot is left in time: always with the time at which to come back.
import { GatewayError } from './errors.ts'

/** `status` is given where Aurora refused it in spite of our count. */
export function rateLimited(
  { method, route }: { readonly method: string; readonly route: string },
  retryAtMs: number,
  status?: number,
): GatewayError {
  return new GatewayError('RATE_LIMITED', `${method} ${route}: no call is left for this within the wait.`, {
    retryAtMs,
    upstream: { method, route, ...(status !== undefined && { status }) },
    ...(status !== undefined && { status }),
  })
}
