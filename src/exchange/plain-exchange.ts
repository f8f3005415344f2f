// A request and its answer as most of them are, beside the web Request and Response: header fields to read, and bytes.

export interface PlainRequest {
  readonly method: string
  readonly headers: Pick<Headers, 'get' | 'has'>
  /** The media type of the body in its plain form; null where it has none. */
  readonly bodyType: string | null
  /** The media type of the answer, where that is no stream. */
  readonly answerType: string
  /** Whether the client can read a stream of answers. */
  readonly acceptsStream: boolean
  readonly body: Uint8Array
  /** Aborts when the client leaves. It is made when it is first read. */
  readonly signal: AbortSignal
  /** The same, for a look at it: costs nothing. */
  hasLeft(): boolean
  /** The same request as the web knows it. */
  toRequest(): Request
}

/** What is read of the headers and the end of a request, whichever form it has. */
export type RequestHead = Pick<PlainRequest, 'method' | 'headers' | 'signal'>

export interface PlainAnswer {
  readonly kind: 'plain'
  readonly status: 200
  readonly headers: PlainFields
  readonly body: readonly [Uint8Array]
}

/** What a web Headers does, for names in small letters and values that need no check, because they are not a client's. */
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

/** What a web Headers and PlainFields have in common. */
export type FieldWriter = Pick<PlainFields, 'get' | 'set' | 'append'>

export const isPlain = (answered: object): answered is PlainAnswer =>
  'kind' in answered && answered.kind === 'plain'
