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

/** What never changes is drawn once in a process: several simulators of the same seed share it. */
const MAX_CORES = 4
const cores = new Map<string, Frozen>()

interface Frozen {
  readonly core: CoreData
  readonly fixed: Fixed
}

function frozenOf(options: DataOptions): Frozen {
  const key = JSON.stringify([options.seed, options.projectCount, options.tenantId])
  const core = cores.get(key) ?? createFrozen(options)
  cores.delete(key)
  cores.set(key, core)
  for (const oldest of cores.keys()) if (cores.size > MAX_CORES) cores.delete(oldest)
  return core
}

/** What changes does so in the `changes` of one simulator: written here, it would change for all of them. */
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
  // By descriptors: what is listed is listed anew whenever it is looked at.
  return Object.defineProperties({ changes } as DataSet, {
    ...Object.getOwnPropertyDescriptors(core),
    ...Object.getOwnPropertyDescriptors(createLivingParts(core, fixed, changes)),
  })
}
