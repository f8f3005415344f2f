// Opens what the replicas of one gateway share. Without Redis nothing is shared, and no code for it is loaded.
import { openMemoryLedger } from '../budget/ledger.ts'
import type { Layer } from '../rest/call.ts'
import type { Shared, SharedOptions } from './shared.ts'

export type OpenOptions = Omit<SharedOptions, 'redis'> & { readonly redis: SharedOptions['redis'] | null }

export async function openShared({ redis, ...rest }: OpenOptions): Promise<Shared> {
  if (redis === null) return { cache: rest.cache, openLedger: openMemoryLedger(rest.clock), ...ALONE }
  const { createShared } = await import('./shared.ts')
  return createShared({ ...rest, redis })
}

const transparent: Layer = (next) => next

const ALONE = {
  withSecondLevel: transparent,
  withSharedFlight: transparent,
  withDropNotice: transparent,
  credentials: { has: async (): Promise<boolean> => false, note: (): void => {}, forget: (): void => {} },
  connections: () => [],
  position: () => null,
  known: async () => true,
  report: null,
  repliesTaken: () => 0,
  ready: async (): Promise<void> => {},
  close: async (): Promise<void> => {},
}
