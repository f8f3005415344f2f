// An app that starts without a network: Apollo Client's cache on the device.
import type { ApolloCache } from '@apollo/client'

/** AsyncStorage of React Native, Preferences of Capacitor or localStorage with promises around it. */
export interface Storage {
  getItem(key: string): Promise<string | null>
  setItem(key: string, value: string): Promise<void>
  removeItem(key: string): Promise<void>
}

export interface Offline {
  /** To be called when the app goes to the background; a phone may end it there. */
  save(): Promise<void>
  /** To be called when the user logs out. */
  forget(): Promise<void>
}

/** `name` has the user and the version of the app in it: nobody sees what another user has read. */
export async function keepOffline(cache: ApolloCache, storage: Storage, name: string): Promise<Offline> {
  const stored = await storage.getItem(name)
  if (stored !== null) cache.restore(JSON.parse(stored) as object)
  return {
    save: () => storage.setItem(name, JSON.stringify(cache.extract())),
    forget: () => storage.removeItem(name),
  }
}
