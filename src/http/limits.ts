// What one client may cost before anybody knows what it wants: every figure of the http station, with its reason.

export interface HttpLimits {
  readonly bodyMaxBytes: number
  readonly uploadMaxBytes: number
  readonly maxUploads: number
  readonly headerMaxBytes: number
  readonly headersTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly checkIntervalMs: number
  readonly keepAliveTimeoutMs: number
  readonly maxConnections: number
  readonly pieceBytes: number
  readonly stallTimeoutMs: number
  readonly lingerMs: number
  readonly silenceMs: number
  readonly noticeMs: number
}

export const httpLimits: HttpLimits = {
  /** A document of 16 KB, the most the graphql station takes, and fifteen times as much for its variables. */
  bodyMaxBytes: 256 * 1024,
  /** Of a request that brings a file: a scanned bill of some pages has 1 to 5 MB. */
  uploadMaxBytes: 10 * 1024 * 1024,
  /** At once, for all callers: 80 MB at the most. Bills are uploaded by people, one by one. */
  maxUploads: 8,
  /** Node's own figure, written down so that no --max-http-header-size changes it. */
  headerMaxBytes: 16 * 1024,
  /** From the first byte, or from the connection if none comes, to the empty line. */
  headersTimeoutMs: 5_000,
  /** Headers and body: 256 KB in 6 s is 350 kbit/s, a poor phone connection. */
  requestTimeoutMs: 6_000,
  /** Node looks for late requests this often, by default every 30 s only: 6 s and 0.5 s keep slow ones below 7 s. */
  checkIntervalMs: 500,
  /** Above the 60 s of usual load balancers, so that they close first and never send into a closing connection. */
  keepAliveTimeoutMs: 65_000,
  /** Twice 1,000 open event streams; an idle connection is some 20 KB, so this is some 40 MB. */
  maxConnections: 2_000,
  /** What is written at once: a piece is small enough to reach a slow reader within the stall timeout. */
  pieceBytes: 64 * 1024,
  /** A reader that does not take one piece in 7 s (75 kbit/s) only holds memory. */
  stallTimeoutMs: 7_000,
  /** A body that nobody will read is discarded this long before closing: closing at once resets the connection,
   * and the reset may overtake the answer that says why (RFC 9112, 9.6). */
  lingerMs: 500,
  /** While draining, connections that were opened in advance and have said nothing get this long to speak. */
  silenceMs: 100,
  /** How long /ready says 503 before the listener closes. In production main.ts gives load balancers more. */
  noticeMs: 0,
}
