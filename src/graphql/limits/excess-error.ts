// Makes the error of a figure that is above its limit.
import { GraphQLError } from 'graphql'
import { GatewayError } from '../../errors/errors.ts'
import type { Excess } from './query-limits.ts'

export function throwExcess(excess: Excess | null): void {
  if (excess) throw toExcessError(excess)
}

export function toExcessError({ message, limit, actual }: Excess): GraphQLError {
  return new GraphQLError(message, {
    originalError: new GatewayError('QUERY_REJECTED', message, { limit, actual }),
  })
}
