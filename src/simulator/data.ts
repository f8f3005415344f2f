// The data set of the simulator: one tenant with all its data. The same seed gives the same bytes until a write.

import { createCoreData } from './core-data.ts'
import type { CoreData, DataOptions, DesignRecord } from './core-data.ts'
import { createChanges, createLivingParts, drawFixed, overCore } from './living-data.ts'
import type { Changes, Fixed } from './living-data.ts'
import type { Pricing } from './pricing-data.ts'
import type { Project } from './project-data.ts'

export type { DesignRecord, Pricing, Project }

type Parts = ReturnType<typeof createLivingParts>
type Core = ReturnType<typeof overCore>

export interface DataSet extends Parts, Omit<Core, keyof Parts> {
  readonly changes: Changes
}

/** What never changes is made once in a process, because several simulators of one seed share it. Tests use no more seeds at once. */
const MAX_KEPT = 4
const kept = new Map<string, Frozen>()

interface Frozen {
  readonly core: CoreData
  readonly fixed: Fixed
}

function frozenOf(options: DataOptions): Frozen {
  const key = JSON.stringify([options.seed, options.projectCount, options.tenantId])
  const frozen = kept.get(key) ?? createFrozen(options)
  kept.delete(key)
  kept.set(key, frozen)
  for (const oldest of kept.keys()) if (kept.size > MAX_KEPT) kept.delete(oldest)
  return frozen
}

/** Frozen, because a write belongs into the `changes` of one simulator: written here, it would show in all of them. */
function createFrozen(options: DataOptions): Frozen {
  const core = createCoreData(options)
  const fixed = drawFixed(core)
  for (const items of [core.projects, ...Object.values(fixed)]) for (const item of items) Object.freeze(item)
  return { core, fixed }
}

/** Every subject has random streams of its own, so that a new subject changes no existing data. */
export function createDataSet(options: DataOptions): DataSet {
  const changes = createChanges()
  const { core: seeded, fixed } = frozenOf(options)
  const core = overCore(seeded, changes)
  // By descriptors, because the lists are getters: each read makes the list again, with the changes since.
  return Object.defineProperties({ changes } as DataSet, {
    ...Object.getOwnPropertyDescriptors(core),
    ...Object.getOwnPropertyDescriptors(createLivingParts(core, fixed, changes)),
  })
}
