// A file of a form. Its bytes are a part of the body that came, because a File of Node copies them, and copies them again when they are read.

/** Has no members of its own: what walks through the variables of a request would visit each byte. */
export class FormFile {
  readonly #name: string
  readonly #type: string
  readonly #bytes: Uint8Array

  constructor(name: string, type: string, bytes: Uint8Array) {
    this.#name = name
    this.#type = type
    this.#bytes = bytes
  }

  get name(): string {
    return this.#name
  }
  /** The media type that the client names. */
  get type(): string {
    return this.#type
  }
  get bytes(): Uint8Array {
    return this.#bytes
  }
}
