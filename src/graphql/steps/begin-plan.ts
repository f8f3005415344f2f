// Gives the operation that is about to be executed to the plan of its request, with the functions that planning needs.
import type { DocumentNode } from 'graphql'
import type { Asked } from '../../planning/request-plan.ts'
import type { GraphQLContext } from '../context.ts'
import { measureDocument } from '../limits/measure-document.ts'
import type { ExecutionStep } from './step.ts'

/** Parses and validates a text by the same rules and within the same limits as a request. */
export type ReadIn = (asked: Asked, context: GraphQLContext) => DocumentNode

export const createBeginPlan =
  (read: ReadIn): ExecutionStep =>
  ({ document, variables, operationName, context }) => {
    const readWithin = (asked: Asked): DocumentNode => read(asked, context)
    context.plan.begin({ document, variables, operationName }, { read: readWithin, countFields })
    return null
  }

const countFields = (document: DocumentNode): number => measureDocument(document).fields ?? 0
