// Rejects a request that is too large before any work is done on it: its text, its variables, its extensions.
import { assertDocumentSize } from '../limits/document-size.ts'
import { throwExcess } from '../limits/excess-error.ts'
import { measureValues } from '../limits/measure-values.ts'
import { findExcess } from '../limits/query-limits.ts'
import type { QueryLimits } from '../limits/query-limits.ts'
import type { ParamsStep } from './step.ts'

/** Variables and extensions are measured separately, so each begins one level below the object that holds both. */
export const createCheckValues =
  (ofCallers: QueryLimits, ofRouters: QueryLimits): ParamsStep =>
  (params, { context }) => {
    const { query, variables, extensions } = params
    const limits = context.record.isOfRouter ? ofRouters : ofCallers
    if (typeof query === 'string') assertDocumentSize(query)
    throwExcess(findExcess(measureValues(variables, limits.nesting), limits))
    throwExcess(findExcess(measureValues(extensions, limits.nesting), limits))
    return params
  }
