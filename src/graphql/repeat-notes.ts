// Notes about a request while it is answered, so that an equal request may get the same answer without execution.
import type { Remembered } from '../answers/remembered.ts'

export interface RepeatNotes {
  /** The answer as it is remembered; null if it is not. */
  answer: Remembered | null
  /** The Content-Type of the whole answer, which a 304 does not show; null if no cache may store it. */
  contentType: string | null
  /**
   * Whether the answer has more tags than a router can use, so that the router could not drop it and must not keep it.
   */
  isUntagged: boolean
  /**
   * Whether no request has sent its document before. Such a document is usually never sent again, so its answer is not
   * remembered.
   */
  isOfNewDocument: boolean
  /** Whether the id in the request would still lead to the same document. */
  isNamed: () => boolean
}

/** Made here, because the functions outlive the request: here they can keep no part of it in memory. */
export const createRepeatNotes = (): RepeatNotes => ({
  answer: null,
  contentType: null,
  isUntagged: false,
  isOfNewDocument: false,
  isNamed,
})

/** For a request that contains the text of its document. */
const isNamed = (): boolean => true
