// Counts each answer of Aurora in the table from which plans estimate the next ones (typical-replies.ts).
import { refusalOf } from '../rest/attempt-error.ts'
import type { Layer } from '../rest/call.ts'
import type { TypicalReplies } from './typical-replies.ts'

export const withLearning =
  (typical: TypicalReplies): Layer =>
  (next) =>
  (call) =>
    next(call).then(
      (reply) => {
        typical.learn(call, reply)
        return reply
      },
      (error: unknown) => {
        const refusal = refusalOf(error)
        if (refusal) typical.learn(call, refusal)
        throw error
      },
    )
