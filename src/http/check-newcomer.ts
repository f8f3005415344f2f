// Checks a caller who brings a credential that Aurora has not accepted here: it may be made up, and each one costs a call.

import type { BroughtCredential, Caller, FieldReader } from '../callers/caller.ts'
import { createNewcomers } from '../callers/newcomers.ts'
import type { RequestRate } from '../callers/request-rate.ts'
import type { Clock } from '../clock.ts'
import { merge } from '../merge.ts'
import type { Party } from '../turns/shares.ts'
import { tooMany, unauthenticated } from './caller-refusals.ts'
import type { Refusal } from './refusal.ts'

export interface CheckedCaller extends Caller {
  readonly holder: string
  /**
   * To be called before a request is executed. Returns a refusal, or a function to be called when it is answered. Left
   * out for a caller whose requests need not be counted.
   */
  begin?(): Refusal | (() => void)
}

/**
 * Under which name a checked caller takes memory and places. A made-up credential gets no tenant's share, because each
 * one would count as another tenant.
 */
export const partyOf = ({ holder, scope, begin }: CheckedCaller): Party => ({
  caller: holder,
  tenant: begin ? '' : scope.budgetKey,
})

export const nameInScope = ({ scope, name }: Caller): string => JSON.stringify([scope.budgetKey, name])

export interface Newcomer {
  readonly caller: Caller
  readonly credential: BroughtCredential
  readonly address: string
  readonly headers: FieldReader
}

export type CheckNewcomer = (newcomer: Newcomer) => Promise<CheckedCaller | Refusal>

interface NewcomerCheckOptions {
  readonly ofCallers: RequestRate
  readonly clock: Clock
}

export function createNewcomerCheck({ ofCallers, clock }: NewcomerCheckOptions): CheckNewcomer {
  const newcomers = createNewcomers({ clock })

  function refuseNew(address: string, key: string): Refusal | null {
    const waitMs = newcomers.waitMs(address, key)
    return waitMs === null ? null : tooMany('newcomers', waitMs, clock.wallMs())
  }

  /** Checked again: other requests of the same address may have begun while the body was read. */
  function begin({ caller, credential, address }: Newcomer): Refusal | (() => void) {
    const { key } = caller.scope
    const refusal = refuseNew(address, key)
    if (refusal) return refusal
    const end = newcomers.begin(address, key)
    return () => {
      end()
      if (credential.isDoubtful()) newcomers.note(address, key)
    }
  }

  return async (newcomer) => {
    const { caller, credential, address, headers } = newcomer
    const refusal = refuseNew(address, caller.scope.key)
    if (refusal) return refusal
    if (credential.standing() === 'unknown') await credential.recall()
    if (credential.standing() === 'accepted') return merge(caller, { holder: nameInScope(caller) })
    if (credential.standing() === 'refused') return unauthenticated(headers)
    // All made-up credentials of an address count together, because each one would be another caller.
    const waitMs = ofCallers.count(JSON.stringify([address]))
    if (waitMs !== null) return tooMany('requests', waitMs, clock.wallMs())
    return merge(caller, { holder: JSON.stringify([address]), begin: () => begin(newcomer) })
  }
}
