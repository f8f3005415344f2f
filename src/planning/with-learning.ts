// Between cache and Aurora: what comes in teaches what the next answers will be like.
import type { Upstream } from '../rest/call.ts'
import type { TypicalReplies } from './typical-replies.ts'

export const withLearning =
  (next: Upstream, typical: TypicalReplies): Upstream =>
  async (call) => {
    const reply = await next(call)
    typical.learn(call, reply)
    return reply
  }
