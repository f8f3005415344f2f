// The one data set of the simulator: a tenant with all it has, the same bytes for the same seed.

import { type Agreements, createAgreements } from './agreement-data.ts'
import { type Assets, createAssets } from './asset-data.ts'
import { type BillSummaries, createBillSummaries } from './bill-data.ts'
import { type Components, createComponents } from './component-data.ts'
import { type Connections, createConnections } from './connection-data.ts'
import { type CoreData, createCoreData, type DataOptions, type DesignRecord } from './core-data.ts'
import type { Pricing } from './pricing-data.ts'
import type { Project } from './project-data.ts'
import { createProposals, type Proposals } from './proposal-data.ts'
import { createRequestData, type RequestData } from './request-data.ts'
import { createSiteData, type SiteData } from './site-data.ts'

export type { DesignRecord, Pricing, Project }

export interface DataSet
  extends
    CoreData,
    Components,
    Connections,
    Assets,
    Agreements,
    SiteData,
    BillSummaries,
    Proposals,
    RequestData {}

/** Every subject has streams of chance of its own, so that a new one changes nothing of those that exist. */
export function createDataSet(options: DataOptions): DataSet {
  const core = createCoreData(options)
  return {
    ...core,
    ...createComponents(core),
    ...createConnections(core),
    ...createAssets(core),
    ...createAgreements(core),
    ...createSiteData(core),
    ...createBillSummaries(core),
    ...createProposals(core),
    ...createRequestData(core),
  }
}
