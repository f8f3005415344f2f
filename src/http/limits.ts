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
  readonly spareConnections: number
  readonly maxUnderWayOfConnection: number
  readonly maxHeldConnections: number
  readonly readMinBytes: number
  readonly readFirstBytes: number
  readonly readMaxBytes: number
  readonly maxUnderWay: number
  readonly maxUnderWayOfCaller: number
  readonly reservedUnderWay: number
  readonly maxWaiting: number
  readonly maxWaitingOfCaller: number
  readonly turnWaitMs: number
  readonly bodiesMaxBytes: number
  readonly bodiesMaxBytesOfCaller: number
  readonly freeBodyBytes: number
  readonly answersMaxBytes: number
  readonly answersMaxBytesOfCaller: number
  readonly answersMaxBytesOfConnection: number
  readonly freeAnswerBytes: number
  readonly slowReaderMs: number
  readonly knownMaxBytes: number
  readonly headMaxKeptBytes: number
  readonly pieceBytes: number
  readonly stallTimeoutMs: number
  readonly lingerMs: number
  readonly silenceMs: number
  readonly noticeMs: number
  readonly maxStreams: number
  readonly maxStreamsOfCaller: number
  readonly streamMaxMs: number
  readonly heartbeatMs: number
  readonly callerCheckMs: number
  readonly streamsEndMs: number
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
  /** Headers and body: 256 KB in 6 s is 350 kbit/s, what a poor phone connection carries. */
  requestTimeoutMs: 6_000,
  /** How often Node looks for late requests, by default every 30 s: 6 s and 0.5 s end slow ones before 7 s. */
  checkIntervalMs: 500,
  /** Above the 60 s of usual load balancers, so that they close first and never send into a closing connection. */
  keepAliveTimeoutMs: 65_000,
  /**
   * As many as the longest allowed number of streams, and as many again for everything else. An idle connection takes
   * some 20 KB, so these take some 40 MB.
   */
  maxConnections: 2_000,
  /**
   * Idle connections are closed when no more than these are left. Linux accepts up to 511 at once before any can be
   * closed; no balancer opens half as many in one burst.
   */
  spareConnections: 250,
  /**
   * Browsers and proxies send nothing ahead; libraries that can do it send 1 by default, and about 10 if they are set
   * to. Requests beyond this number stay unread in the socket.
   */
  maxUnderWayOfConnection: 8,
  /** Connections whose requests stay unread, each with two reads of 64 KB at the most: 25 MB. Nearly no client sends ahead. */
  maxHeldConnections: 200,
  /** The shortest request has 25 bytes, so as few bytes as these are never more than three. */
  readMinBytes: 64,
  /**
   * How much is read first while other connections wait: the size of a usual head without its cookies. The rest is read
   * when all have had their turn.
   */
  readFirstBytes: 1024,
  /** One 64 KB chunk may hold 11,000 parts of a chunked body, which take 10 ms: a sixteenth of it takes less than one. */
  readMaxBytes: 4 * 1024,
  /**
   * Requests that are executed at once. With 90 calls a minute few of them can be waiting for Aurora, and each takes
   * some 50 KB.
   */
  maxUnderWay: 512,
  /** Half of all: an application with one key for all its users is one caller. */
  maxUnderWayOfCaller: 256,
  /** Kept for callers that have less than a quarter of these under way, so that two callers cannot take everything. */
  reservedUnderWay: 128,
  /** Requests that wait to be executed, each with its body; as many as the waiting room of the budget takes. */
  maxWaiting: 1_000,
  maxWaitingOfCaller: 500,
  /** As long as a call waits for a slot by default (MAX_WAIT_MS): after that it is better to refuse the client, with the time to come again. */
  turnWaitMs: 2_000,
  /** Bodies that are being received or executed, beside uploads: 128 of the largest. */
  bodiesMaxBytes: 32 * 1024 * 1024,
  bodiesMaxBytesOfCaller: 16 * 1024 * 1024,
  /**
   * A body up to the size of usual documents is never refused because of other bodies: maxConnections bounds their
   * number.
   */
  freeBodyBytes: 4 * 1024,
  /** Answers that clients have not taken yet: 48 screens of 250 projects, and a fifth of a small container. */
  answersMaxBytes: 48 * 1024 * 1024,
  answersMaxBytesOfCaller: 24 * 1024 * 1024,
  /** Of requests that were sent ahead on one connection; a single answer may be larger. */
  answersMaxBytesOfConnection: 8 * 1024 * 1024,
  /** An answer up to this size is never replaced by a refusal: it may be the only report about a write. */
  freeAnswerBytes: 64 * 1024,
  /**
   * If answers need room, a client that has taken nothing for this long is disconnected, the slowest one first. A
   * client that reads takes a piece in some milliseconds.
   */
  slowReaderMs: 100,
  /** Requests whose answers can leave as bytes, each with its body and some 1,200 bytes: 4,000 screens. */
  knownMaxBytes: 8 * 1024 * 1024,
  /** The last head of each connection, by which the same one is recognized; those of apps and browsers without cookies are
   * shorter. 0: each request is parsed. */
  headMaxKeptBytes: 2 * 1024,
  /** Bytes per write: a piece is small enough to reach a slow reader within the stall timeout. */
  pieceBytes: 64 * 1024,
  /** A client that does not read one piece in 7 s (75 kbit/s) only occupies memory. */
  stallTimeoutMs: 7_000,
  /** How long an unread body is discarded before the connection closes: closing at once resets the connection, and
   * the reset may overtake the answer that gives the reason (RFC 9112, 9.6). */
  lingerMs: 500,
  /** While draining, connections that were opened in advance and are still silent have this long to send a request. */
  silenceMs: 100,
  /** How long /ready answers 503 before the listener closes: SHUTDOWN_NOTICE_MS. */
  noticeMs: 0,
  /** Streams that are open at once: STREAMS_MAX. Each is a screen that somebody looks at, and takes some 20 KB. */
  maxStreams: 1_000,
  /** An application with one key for all its users is one caller: STREAMS_MAX_OF_CALLER. */
  maxStreamsOfCaller: 500,
  /** After this a stream ends and its client connects again, so that new replicas get their share: STREAM_MAX_MINUTES. */
  streamMaxMs: 30 * 60_000,
  /** Proxies close a connection on which nothing comes for 30 to 60 s, some after 10 s. */
  heartbeatMs: 8_000,
  /** How often it is checked that the caller of a stream is still known. */
  callerCheckMs: 5_000,
  /** While draining, streams end within this time, or half of the grace: their clients do not all connect elsewhere at once. */
  streamsEndMs: 5_000,
}
