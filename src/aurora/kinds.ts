// The kinds of Aurora's objects, one row each: GraphQL type, key, lifetime and secrets.
import { JOB, LINKED, NEVER, SETTLED, STAFF, WORK } from './lifetimes.ts'
import type { LifetimeClass } from './lifetimes.ts'

/**
 * How an object is found. `id`: by an id of its own. `parent`: its parent has one of it, so the parent's id is its key.
 * `parent/id`: Aurora has it under its parent only, so both ids are needed. `tenant`: each tenant has one of it.
 * `none`: it cannot be referred to.
 */
export type Keying = 'id' | 'parent' | 'parent/id' | 'tenant' | 'none'

export interface KindRow {
  /** The GraphQL type that shows it, which begins its global id; null if no type with an id shows it. */
  readonly typeName: string | null
  readonly keyedBy: Keying
  readonly lifetime: LifetimeClass
  /** Whether the body contains a secret of the tenant: it never leaves the process, and `raw` does not show it. */
  readonly holdsSecrets?: true
}

const row = <Type extends string | null, Key extends Keying>(
  typeName: Type,
  keyedBy: Key,
  lifetime: LifetimeClass,
) => ({ typeName, keyedBy, lifetime })

const job = <Type extends string>(typeName: Type) => row(typeName, 'parent/id', JOB)

// One kind a line, however long: this is read as a table.
// prettier-ignore
export const KINDS = {
  tenant: row('Tenant', 'tenant', SETTLED),
  ssoProvider: { ...row('SsoProvider', 'tenant', SETTLED), holdsSecrets: true },
  apiVersions: row(null, 'none', SETTLED),
  role: row('Role', 'id', STAFF),
  user: row('User', 'id', STAFF),
  team: row('Team', 'id', STAFF),
  partner: row('Partner', 'id', STAFF),
  webhook: { ...row('Webhook', 'id', WORK), holdsSecrets: true },

  project: row('Project', 'id', WORK),
  sharedProject: row('SharedProject', 'id', WORK),
  consumptionProfile: row('ConsumptionProfile', 'parent', WORK),
  projectBillSummary: row('ProjectBillSummary', 'parent', WORK),
  utilityBill: row('UtilityBill', 'parent/id', LINKED),
  ahj: row('Ahj', 'id', SETTLED),
  order: row('Order', 'id', WORK),
  siteSurvey: row('SiteSurvey', 'id', WORK),
  siteSurveyRequest: row(null, 'parent', WORK),
  agreement: row('Agreement', 'id', WORK),
  agreementDownloadLink: row(null, 'parent', LINKED),

  asset: row('Asset', 'id', LINKED),
  design: row('Design', 'id', WORK),
  designSummary: row('DesignSummary', 'parent', WORK),
  designBillSummary: row('DesignBillSummary', 'parent', WORK),
  roofSummary: row('RoofSummary', 'parent', WORK),
  rackingArray: row(null, 'none', WORK),
  pricing: row('Pricing', 'parent', WORK),
  financing: row('Financing', 'parent/id', WORK),
  proposal: row('Proposal', 'parent', WORK),
  webProposal: row('WebProposal', 'parent', WORK),

  proposalTemplate: row('ProposalTemplate', 'id', SETTLED),
  module: row('Module', 'id', SETTLED),
  inverter: row('Inverter', 'id', SETTLED),
  dcOptimizer: row('DcOptimizer', 'id', SETTLED),

  designRequest: row('DesignRequest', 'id', WORK),
  eagleviewDesignRequest: row('EagleviewDesignRequest', 'id', WORK),
  planSetRequest: row('PlanSetRequest', 'id', WORK),
  planSet: row('PlanSet', 'parent', LINKED),

  performanceSimulationJob: job('PerformanceSimulationJob'),
  irradianceAnalysisJob: job('IrradianceAnalysisJob'),
  autoDesignerJob: job('AutoDesignerJob'),
  firePathwayPlacementJob: job('FirePathwayPlacementJob'),
  aiRoofJob: job('AiRoofJob'),
  proposalPdfGenerationJob: job('ProposalPdfGenerationJob'),
  agreementDownloadUrlJob: job('AgreementDownloadUrlJob'),
  utilityBillUploadJob: job('UtilityBillUploadJob'),
  projectCreationJob: job('ProjectCreationJob'),

  adder: row(null, 'none', NEVER),
  rackingComponents: row(null, 'none', NEVER),
  sharedMilestone: row(null, 'none', NEVER),
} as const satisfies Record<string, KindRow>

export type Kind = keyof typeof KINDS

/** Kinds whose objects are found by a key of their own. */
export type KeyedKind = {
  [Name in Kind]: (typeof KINDS)[Name]['keyedBy'] extends 'id' | 'parent/id' ? Name : never
}[Kind]

const table: Readonly<Record<Kind, KindRow>> = KINDS

export const kindRow = (kind: Kind): KindRow => table[kind]

/** The body contains a secret, so it may be neither stored outside of the process nor shown whole. */
export const holdsSecrets = (kind: Kind): boolean => table[kind].holdsSecrets === true

/** The kind that a GraphQL type shows, by the type's name. */
export const KIND_OF_TYPE: ReadonlyMap<string, Kind> = new Map(
  (Object.entries(table) as [Kind, KindRow][]).flatMap(([kind, { typeName }]) =>
    typeName === null ? [] : [[typeName, kind]],
  ),
)
