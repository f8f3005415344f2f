// Aurora writes times in two forms; the schema has one form.
import { readTimeMs } from '../aurora/times.ts'
import { GatewayError } from '../errors/errors.ts'

/** Throws UPSTREAM_INVALID for a value that is not a time. */
export function formatDateTime(value: unknown): string {
  const atMs = readTimeMs(value)
  if (Number.isNaN(atMs)) throw new GatewayError('UPSTREAM_INVALID', 'Aurora wrote a time that is not one.')
  return new Date(atMs).toISOString()
}
