// What an error of Redis or its client means, and its name, which is safe to show.

/** Refusals that concern Redis as a whole count as no answer: it is loading, a replica, or refuses our password. */
const CONCERNS_ALL: ReadonlySet<string> = new Set([
  'LOADING',
  'READONLY',
  'NOAUTH',
  'WRONGPASS',
  'MASTERDOWN',
  'CLUSTERDOWN',
])

/** Whether Redis works and has refused this one command only. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ReplyError' && !CONCERNS_ALL.has(nameOf(error))

/** The first word of Redis' message, or the code of the socket: never the whole text, which may quote a key or an address. */
export function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if (error.name === 'ReplyError') return /^[A-Z]+/.exec(error.message)?.[0] ?? 'ERR'
  return 'code' in error && typeof error.code === 'string' ? error.code : 'connection'
}
