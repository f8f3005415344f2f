// The one data set of the simulator: a tenant with all it has, the same bytes for the same seed until it is written to.

import { createCoreData } from './core-data.ts'
import type { DataOptions, DesignRecord } from './core-data.ts'
import { createChanges, createLivingParts, overCore } from './living-data.ts'
import type { Changes } from './living-data.ts'
import type { Pricing } from './pricing-data.ts'
import type { Project } from './project-data.ts'

export type { DesignRecord, Pricing, Project }

type Parts = ReturnType<typeof createLivingParts>
type Core = ReturnType<typeof overCore>

export interface DataSet extends Parts, Omit<Core, keyof Parts> {
  readonly changes: Changes
}

/** Every subject has streams of chance of its own, so that a new one changes nothing of those that exist. */
export function createDataSet(options: DataOptions): DataSet {
  const changes = createChanges()
  const core = overCore(createCoreData(options), changes)
  // By descriptors: what is listed is listed anew whenever it is looked at.
  return Object.defineProperties({ changes } as DataSet, {
    ...Object.getOwnPropertyDescriptors(core),
    ...Object.getOwnPropertyDescriptors(createLivingParts(core, changes)),
  })
}
