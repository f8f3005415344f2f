// What a log says of an error of a connection: its code or class, and never its message, which may quote the address or the body.

/** Empty where neither is known. */
export const faultName = (error: unknown): string => {
  const code = errorCode(error)
  return code !== '' || !(error instanceof Error) ? code : error.name
}

export function errorCode(error: unknown): string {
  const code = (firstOf(error) as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}

/** Some errors contain several, one for each address that was tried; the first one is used. */
const firstOf = (error: unknown): unknown => (error instanceof AggregateError ? error.errors[0] : error)
