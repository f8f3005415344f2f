// A stream of answers before it is written: its place, its caller, and the header fields of its head.

import type { AnswerStream } from '../exchange/answer-stream.ts'
import type { FieldReader } from '../callers/caller.ts'
import { PlainFields } from '../exchange/plain-exchange.ts'
import type { CheckedCaller } from './check-newcomer.ts'
import type { StreamForm } from './media-types.ts'
import { STREAM_FIELDS } from './refuse.ts'
import { STREAM_SHAPES } from './stream-shape.ts'

export interface StreamAnswer {
  readonly kind: 'streamed'
  readonly status: 200
  readonly headers: PlainFields
  readonly form: StreamForm
  readonly source: AnswerStream
  readonly caller: CheckedCaller
  /** The headers by which a later check finds out whether the caller is still known. */
  readonly credential: FieldReader
  /** Gives the place of the stream back. */
  readonly release: () => void
  /** Called once, when the first answer was given or when there will be none. */
  onBegun: (() => void) | null
}

export interface Opening extends Pick<StreamAnswer, 'form' | 'source' | 'caller' | 'release'> {
  readonly fields: FieldReader
}

export function createStreamAnswer({ fields, form, ...opening }: Opening): StreamAnswer {
  const headers = new PlainFields()
  headers.set('content-type', STREAM_SHAPES[form].contentType)
  for (const [name, value] of Object.entries(STREAM_FIELDS)) headers.set(name, value)
  return {
    kind: 'streamed',
    status: 200,
    headers,
    form,
    credential: credentialOf(fields, opening.caller.router?.header ?? null),
    onBegun: null,
    ...opening,
  }
}

export const isStreamed = (answered: object): answered is StreamAnswer =>
  'kind' in answered && answered.kind === 'streamed'

/** The headers by which callers are identified. The rest of the request is not kept while the stream is open. */
const CREDENTIAL_FIELDS: readonly string[] = ['authorization', 'x-api-key', 'x-aurora-tenant-id', 'host']

function credentialOf(fields: FieldReader, userHeader: string | null): FieldReader {
  const names = userHeader === null ? CREDENTIAL_FIELDS : [...CREDENTIAL_FIELDS, userHeader]
  return new Credential(
    names,
    names.map((name) => fields.get(name)),
  )
}

/** A class, because thousands exist: a map and two closures for each would take more memory than the values. */
class Credential implements FieldReader {
  readonly #names: readonly string[]
  readonly #values: readonly (string | null)[]

  constructor(names: readonly string[], values: readonly (string | null)[]) {
    this.#names = names
    this.#values = values
  }

  get(name: string): string | null {
    return this.#values[this.#names.indexOf(name)] ?? null
  }

  has(name: string): boolean {
    return this.get(name) !== null
  }
}
