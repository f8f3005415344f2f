// The name of a fault of a connection, a file or the system for logs: its code or class, without its message, which may quote an address, a path or a body.

export const faultName = (error: unknown): string =>
  errorCode(error) || (error instanceof Error ? error.name : 'unknown')

/** Empty if it is unknown. */
export function errorCode(error: unknown): string {
  const code = (firstOf(error) as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}

/** Some errors contain several, one for each address that was tried; the first one is used. */
const firstOf = (error: unknown): unknown => (error instanceof AggregateError ? error.errors[0] : error)
