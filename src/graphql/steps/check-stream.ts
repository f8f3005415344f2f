// Rejects subscriptions of clients that accept one answer only.
import { GraphQLError } from 'graphql'
import { GatewayError } from '../../errors/errors.ts'
import type { ExecutionStep } from './step.ts'

const MESSAGE =
  'A subscription is answered as a stream: send `Accept: text/event-stream`, or `multipart/mixed;subscriptionSpec=1.0`.'

export const checkStream: ExecutionStep = ({ operation, context }) => {
  if (operation?.operation !== 'subscription' || context.stream !== null) return null
  return [new GraphQLError(MESSAGE, { originalError: new GatewayError('BAD_REQUEST', MESSAGE) })]
}
