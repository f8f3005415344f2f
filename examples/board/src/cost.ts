// What the last answer of the gateway has cost: Apollo Client shows `extensions` to links only.
import { useSyncExternalStore } from 'react'

export interface Cost {
  readonly calls: number
  readonly saved: { readonly cache: number; readonly joined: number; readonly stale: number }
  readonly limit: number
  readonly remaining: number
}

let last: Cost | null = null
const listeners = new Set<() => void>()

export function showCost(cost: Cost | undefined): void {
  if (!cost) return
  last = cost
  for (const listener of listeners) listener()
}

export const useCost = (): Cost | null =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => last,
  )
