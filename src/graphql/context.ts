// What every resolver of one request has at hand: the loaders, and nothing that could spend a call in another way.
import type { Loaders } from '../loaders/loaders.ts'
import type { Tally } from '../rest/call.ts'

export interface GraphQLContext {
  readonly loaders: Loaders
  /** What this request has spent and saved so far. */
  readonly tally: Tally
  /** The key's budget at this moment, and when what was refused could all be answered. */
  readonly budget: BudgetView
}

export interface BudgetView {
  state(): { readonly limit: number; readonly remaining: number; readonly resetAtMs: number | null }
  /** Monotonic time at which `count` further calls could all have been sent. */
  forecast(count: number): number
}
