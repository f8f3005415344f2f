// The refusal of a call for which no slot is free in time: always with the time of the next slot.
import { GatewayError } from './errors.ts'

/** `status` is given if Aurora refused the call although our count allowed it. */
export function rateLimited(
  { method, route }: { readonly method: string; readonly route: string },
  retryAtMs: number,
  status?: number,
): GatewayError {
  return new GatewayError('RATE_LIMITED', 'No call to Aurora is left for this in time.', {
    retryAtMs,
    upstream: { method, route, ...(status !== undefined && { status }) },
    ...(status !== undefined && { status }),
  })
}
