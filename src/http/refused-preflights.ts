// Reports the preflights that were refused, each origin once: its developers see the same request fail again and again.

export interface RefusedPreflight {
  /** As the browser sent it. */
  readonly origin: string
  /** The setting that would allow the request. */
  readonly setting: 'CORS_ORIGINS' | 'CORS_HEADERS'
  /** The headers that the page may not send; empty if the page may send no request at all. */
  readonly headers: readonly string[]
}

/** Anybody can send any origin, so neither memory nor log may grow with their number. */
const MAX_REPORTED = 100
const MAX_HEADERS = 10
const MAX_CHARS = 100

export function createRefusedPreflights(
  report: (refused: RefusedPreflight) => void,
): (refused: RefusedPreflight) => void {
  const reported = new Set<string>()
  return ({ origin, setting, headers }) => {
    const cut = {
      origin: origin.slice(0, MAX_CHARS),
      setting,
      headers: headers.slice(0, MAX_HEADERS).map((name) => name.slice(0, MAX_CHARS)),
    }
    const name = `${setting} ${cut.origin}`
    if (reported.has(name) || reported.size >= MAX_REPORTED) return
    reported.add(name)
    report(cut)
  }
}
