// What clients of a live answer have asked.
import type { Kind } from '../aurora/kinds.ts'
import type { ScopeKey } from '../rest/scope.ts'

export interface ChangeQuestion extends LiveQuestion {
  readonly tenantId: string
  readonly kinds: ReadonlySet<Kind>
}

export interface LiveQuestion {
  /** Names everything that its answers depend on. */
  readonly key: string
  readonly scope: ScopeKey
  /** The body of a request that asks it, in JSON. */
  readonly body: Uint8Array
  /** A subscription: a change of a reply is an event, whatever is asked of it. */
  readonly isEvent: boolean
  /** No answer may cost a call. */
  readonly isCacheOnly: boolean
}
