// What is noted while a request is answered, so that an equal request may get the same answer without execution.
import type { Remembered } from '../answers/remembered.ts'

export interface RepeatNotes {
  /** The answer as it is remembered; null where it is not. */
  answer: Remembered | null
  /** The Content-Type of the whole answer, which a 304 does not show; null where no cache may store it. */
  contentType: string | null
  /** Whether a router could not forget the answer, so that it may not keep it: the answer has more tags than an answer may have. */
  isUntagged: boolean
  /** No request before has sent its document, so nothing of it is remembered: most documents of that kind are never sent again. */
  isOfNewDocument: boolean
  /** Whether the request, which names its document by an id, would still be understood as the same document. */
  isNamed: () => boolean
}

/** They outlive the request, so they are made here, where nothing of it can stay in memory with them. */
export const createRepeatNotes = (): RepeatNotes => ({
  answer: null,
  contentType: null,
  isUntagged: false,
  isOfNewDocument: false,
  isNamed,
})

/** The request brings its document. */
const isNamed = (): boolean => true
