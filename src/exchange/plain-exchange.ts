// An ordinary request and its answer without web Request and Response: header fields to read, and bytes.

export interface PlainRequest {
  readonly method: string
  readonly headers: Pick<Headers, 'get' | 'has'>
  /** The media type of the body in its plain form; null if it has none. */
  readonly bodyType: string | null
  /** The media type of the answer, unless the answer is a stream. */
  readonly answerType: string
  /** Whether the client can read a stream of answers. */
  readonly acceptsStream: boolean
  readonly body: Uint8Array
  /** Aborts when the client leaves. It is made when it is first read. */
  readonly signal: AbortSignal
  /** Whether the client has left. Unlike `signal`, this costs nothing. */
  hasLeft(): boolean
  /** Makes a web Request of it. */
  toRequest(): Request
}

/** The parts of a request that are read, whether it is plain or a web Request. */
export type RequestHead = Pick<PlainRequest, 'method' | 'headers' | 'signal'>

export interface PlainAnswer {
  readonly kind: 'plain'
  readonly status: 200
  readonly headers: PlainFields
  readonly body: readonly [Uint8Array]
}

/** As a web Headers, for names in lower case and values that need no check, because no client has written them. */
export class PlainFields {
  readonly #fields = new Map<string, string>()

  get(name: string): string | null {
    return this.#fields.get(name) ?? null
  }
  set(name: string, value: string): void {
    this.#fields.set(name, value)
  }
  append(name: string, value: string): void {
    const before = this.#fields.get(name)
    this.#fields.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.#fields.entries()
  }
}

/** What a web Headers and PlainFields both have. */
export type FieldWriter = Pick<PlainFields, 'get' | 'set' | 'append'>

export const isPlain = (answered: object): answered is PlainAnswer =>
  'kind' in answered && answered.kind === 'plain'
