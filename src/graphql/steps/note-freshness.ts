// Reads `"extensions": {"freshness": true}` in a request, which demands a report of the stale values in the answer.
import type { Params, ParamsStep } from './step.ts'

export const noteFreshness: ParamsStep = (params, { context }) => {
  if (asksForFreshness(params)) context.staleReport.want()
  return params
}

export const asksForFreshness = ({ extensions }: Params): boolean =>
  (extensions as Params | null | undefined)?.['freshness'] === true
