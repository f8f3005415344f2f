// The question of a live answer.
import type { Kind } from '../aurora/kinds.ts'
import type { ScopeKey } from '../rest/scope.ts'

export interface ChangeQuestion extends LiveQuestion {
  readonly tenantId: string
  readonly kinds: ReadonlySet<Kind>
}

export interface LiveQuestion {
  /** Names everything on which its answers depend. */
  readonly key: string
  readonly scope: ScopeKey
  /** The body of an equal request, in JSON. */
  readonly body: Uint8Array
  /**
   * Whether it is a subscription: each change of a reply is then an event, even if the selected fields are the same.
   */
  readonly isEvent: boolean
  /** Whether its answers may cost no call. */
  readonly isCacheOnly: boolean
}
