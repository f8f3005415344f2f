// The address of a page is `#` and the global id of what it shows, because such an id names its type.
import { useSyncExternalStore } from 'react'

export const hrefOf = (id: string): string => `#${id}`

/** Empty on the board. */
export const useRoute = (): string =>
  useSyncExternalStore(
    (listener) => {
      addEventListener('hashchange', listener)
      return () => removeEventListener('hashchange', listener)
    },
    () => location.hash.slice(1),
  )
