// Collects the pieces of a body in as much memory as they have bytes, however small each of them is.

/** A smaller piece is copied: by itself it would take an object, and keep in memory all that came from the socket beside it. */
const MIN_PIECE_BYTES = 32 * 1024
/** Small pieces share blocks of this size. */
const BLOCK_BYTES = 64 * 1024

export class CollectedBytes {
  /** Nearly every answer comes in one piece. */
  #first: Buffer | null = null
  #others: Buffer[] | null = null
  #size = 0
  #block: Buffer | null = null
  /** What of the block is among the pieces already, and how far it is filled. */
  #takenTo = 0
  #filledTo = 0

  get size(): number {
    return this.#size
  }

  add(piece: Buffer): void {
    this.#size += piece.length
    if (this.#first === null) this.#first = piece
    else if (piece.length < MIN_PIECE_BYTES) this.#copy(piece)
    else {
      this.#takeBlock()
      this.#pieces().push(piece)
    }
  }

  all(): Buffer {
    this.#takeBlock()
    return this.#others ? Buffer.concat(this.#others, this.#size) : (this.#first ?? Buffer.alloc(0))
  }

  #pieces(): Buffer[] {
    return (this.#others ??= this.#first ? [this.#first] : [])
  }

  #copy(piece: Buffer): void {
    for (let from = 0; from < piece.length;) {
      if (this.#block === null || this.#filledTo === BLOCK_BYTES) {
        this.#takeBlock()
        this.#block = Buffer.allocUnsafeSlow(BLOCK_BYTES)
        this.#takenTo = this.#filledTo = 0
      }
      const copied = piece.copy(this.#block, this.#filledTo, from)
      this.#filledTo += copied
      from += copied
    }
  }

  /** What was copied into the block since is a piece. */
  #takeBlock(): void {
    if (this.#block === null || this.#filledTo === this.#takenTo) return
    this.#pieces().push(this.#block.subarray(this.#takenTo, this.#filledTo))
    this.#takenTo = this.#filledTo
  }
}
