// After a write of this app its reads have other addresses, because the cache of the browser may still hold what was before.
import { createDevice } from './device.ts'
import type { Device } from './device.ts'

const KEY = 'aurora-graphql-client.wrote'

export interface OwnWrites {
  /** To be called when a mutation is sent, and again when it has ended, with or without success. */
  note(): void
  /**
   * Members for the `extensions` of a read: the gateway ignores them, and the cache of the browser has nothing from before the last
   * write at such an address. Undefined where the app has not written.
   */
  mark(): { readonly wrote: string } | undefined
}

/**
 * All pages of an app share the cache of the browser, which stays when they are closed, so the mark is in `storage`.
 * `cache: 'no-cache'` is not used, because it demands new calls to Aurora where the browser has no copy.
 */
export function createOwnWrites(
  { random, storage }: Pick<Device, 'random' | 'storage'> = createDevice(),
): OwnWrites {
  let wrote = ''
  /** The mark before the last write, which is still stored if the storage is full. */
  let outdated: string | null | undefined
  return {
    note() {
      outdated = storage?.getItem(KEY)
      wrote = Date.now().toString(36) + random().toString(36).slice(2, 6)
      storage?.setItem(KEY, wrote)
    },
    mark() {
      const stored = storage?.getItem(KEY)
      // Another page may have written, and a refused storage returns nothing.
      if (stored && stored !== outdated) wrote = stored
      return wrote ? { wrote } : undefined
    },
  }
}
