// What one client may cost before its request is understood: every limit of the http room, with its reason.

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
  /** A document of 16 KB, the most that the graphql room accepts, and fifteen times as much for its variables. */
  bodyMaxBytes: 256 * 1024,
  /** For a request with a file: a scanned bill of some pages has 1 to 5 MB. */
  uploadMaxBytes: 10 * 1024 * 1024,
  /** At once, for all callers: 80 MB at the most. Bills are uploaded by people, one by one. */
  maxUploads: 8,
  /** Node's own number, set here so that --max-http-header-size does not change it. */
  headerMaxBytes: 16 * 1024,
  /** From the first byte, or from the connection if none comes, to the empty line. */
  headersTimeoutMs: 5_000,
  /** Headers and body: 256 KB in 6 s is 350 kbit/s, a poor phone connection. */
  requestTimeoutMs: 6_000,
  /** How often Node looks for late requests, by default every 30 s: 6 s and 0.5 s end slow ones before 7 s. */
  checkIntervalMs: 500,
  /** Above the 60 s of usual load balancers, so that they close first and never send into a closing connection. */
  keepAliveTimeoutMs: 65_000,
  /** Twice 1,000 open event streams; an idle connection is some 20 KB, so this is some 40 MB. */
  maxConnections: 2_000,
  /** Bytes per write: a piece is small enough to reach a slow reader within the stall timeout. */
  pieceBytes: 64 * 1024,
  /** A client that does not read one piece in 7 s (75 kbit/s) only occupies memory. */
  stallTimeoutMs: 7_000,
  /** How long an unread body is discarded before the connection closes: closing at once resets the connection, and
   * the reset may overtake the answer that gives the reason (RFC 9112, 9.6). */
  lingerMs: 500,
  /** While draining, connections that were opened in advance and have sent nothing get this long to send. */
  silenceMs: 100,
  /** How long /ready answers 503 before the listener closes: SHUTDOWN_NOTICE_MS. */
  noticeMs: 0,
}
