// What a write makes untrue, and what it makes known: one row per operation; the reasons are in docs/caching.md.
import type { Members } from '../rest/call.ts'
import type { JobKind } from '../rest/endpoint.ts'
import type { ENDPOINTS } from '../rest/endpoints.ts'
import type { WriteOperation } from '../rest/write-endpoints.ts'

/** Reads of one operation below the ids given: all of them where none is, also pages and what was found absent. */
export interface Touch {
  readonly operation: keyof typeof ENDPOINTS
  readonly path: Readonly<Record<string, string>>
}

export interface WriteFacts {
  readonly tenantId: string
  readonly path: Readonly<Record<string, string>>
  /** What was sent. */
  readonly sent: Members
  /** What came back; null where nothing did, or where it is not known what became of the write. */
  readonly answer: Members | null
  /** Ids of the objects that cached lists show below the ids given. */
  readonly listed: (touch: Touch) => readonly string[]
}

/** An object that a write was answered with, and the read that would have brought it. */
export interface Shown {
  readonly read: Touch
  /** By which it is found within its kind, as loaders name it. */
  readonly key: string
}

/** What is known of a job that has ended. */
type EndFacts = Pick<WriteFacts, 'path' | 'listed'>

type Shows = (facts: WriteFacts) => Shown | null

interface Effect {
  readonly touches: (facts: WriteFacts) => readonly Touch[]
  /** What came back, as which it is known from now on; null where it does not say which object it is. */
  readonly shows?: Shows
}

/** An id that is not known leaves its place open: then everything that might be meant is touched. */
const touch = (
  operation: Touch['operation'],
  ids: Readonly<Record<string, string | null | undefined>> = {},
): Touch => ({
  operation,
  path: Object.fromEntries(
    Object.entries(ids).flatMap(([name, id]): [string, string][] => (id ? [[name, id]] : [])),
  ),
})

const idIn = (members: Members | null, member: string): string | null => {
  const id = members?.[member]
  return typeof id === 'string' || typeof id === 'number' ? String(id) : null
}

/** The project or design that is named by the route, by what was sent, or by what came back. */
const find = ({ path, sent, answer }: WriteFacts, name: string): string | null =>
  path[name] ?? idIn(sent, name) ?? idIn(answer, name)

/** A new object, which names itself. */
const made =
  (operation: Touch['operation'], name: string): Shows =>
  ({ answer }) => {
    const id = idIn(answer, 'id')
    return id === null ? null : { read: touch(operation, { [name]: id }), key: id }
  }

/** The object that the route names. */
const changed =
  (operation: Touch['operation'], name: string): Shows =>
  ({ path }) => ({ read: touch(operation, { [name]: path[name] }), key: path[name] ?? '' })

const listedDesigns = (facts: WriteFacts): Touch =>
  touch('listDesigns', { project_id: find(facts, 'project_id') })
const listedSurveys = (facts: WriteFacts): Touch =>
  touch('listSiteSurveys', { project_id: find(facts, 'project_id') })

/** A financing is worked out for one price: with another one it is no longer up to date. */
const financingsOf = (design_id: string | undefined): Touch[] => [
  touch('listFinancings', { design_id }),
  touch('retrieveFinancing', { design_id }),
]

const pricesOf = (design_id: string | undefined): Touch[] => [
  touch('retrieveDesignPricing', { design_id }),
  ...financingsOf(design_id),
]

const priced: Effect['touches'] = ({ path }) => pricesOf(path['design_id'])

/** What is sent may name another project: then nobody says whose list it has left, and all are touched. */
const surveyed: Effect = {
  touches: ({ path, sent, answer }) => [
    touch('getSiteSurvey', { site_survey_id: path['site_survey_id'] }),
    touch('listSiteSurveys', { project_id: 'project_id' in sent ? null : idIn(answer, 'project_id') }),
  ],
  shows: changed('getSiteSurvey', 'site_survey_id'),
}

/** Only the job itself is new; what it changes, it changes by ending. */
const begun = (operation: Touch['operation']): Effect => ({
  touches: () => [],
  shows({ path, answer }) {
    const jobId = idIn(answer, 'job_id')
    return jobId === null
      ? null
      : { read: touch(operation, path), key: [...Object.values(path), jobId].join('/') }
  },
})

const BELOW_PROJECT = [
  'retrieveProject',
  'retrieveConsumptionProfile',
  'retrieveProjectBillSummary',
  'listUtilityBills',
  'retrieveUtilityBill',
  'listProjectAssets',
  'listAgreements',
  'listSiteSurveys',
  'listDesigns',
] as const

const BELOW_DESIGN = [
  'retrieveDesign',
  'retrieveDesignSummary',
  'retrieveDesignBillSummary',
  'retrieveRoofSummary',
  'listRackingArrays',
  'listDesignAssets',
  'retrieveDesignPricing',
  'listFinancings',
  'retrieveFinancing',
  'retrieveProposal',
  'retrieveWebProposal',
] as const

/** Offset, bill after solar, savings: Aurora works them out from the energy use as well. */
const OF_ENERGY_USE = [
  'retrieveDesignSummary',
  'retrieveDesignBillSummary',
  'listFinancings',
  'retrieveFinancing',
] as const

/** Reads of the designs that cached lists have shown in the project. */
const designsBelow = ({ path, listed }: EndFacts, operations: readonly Touch['operation'][]): Touch[] =>
  listed(touch('listDesigns', path)).flatMap((design_id) =>
    operations.map((operation) => touch(operation, { design_id })),
  )

export const EFFECTS: Readonly<Record<WriteOperation, Effect>> = {
  createSsoProvider: {
    touches: () => [touch('retrieveSsoProvider')],
    shows: ({ tenantId }) => ({ read: touch('retrieveSsoProvider'), key: tenantId }),
  },
  createUser: { touches: () => [touch('listUsers')], shows: made('retrieveUser', 'user_id') },
  inviteUser: { touches: () => [touch('listUsers')], shows: made('retrieveUser', 'user_id') },
  updateUser: {
    touches: ({ path }) => [touch('retrieveUser', path), touch('listUsers')],
    shows: changed('retrieveUser', 'user_id'),
  },
  createWebhook: { touches: () => [touch('listWebhooks')], shows: made('retrieveWebhook', 'webhook_id') },
  updateWebhook: {
    touches: ({ path }) => [touch('retrieveWebhook', path), touch('listWebhooks')],
    shows: changed('retrieveWebhook', 'webhook_id'),
  },
  deleteWebhook: { touches: ({ path }) => [touch('retrieveWebhook', path), touch('listWebhooks')] },

  createProject: { touches: () => [touch('listProjects')], shows: made('retrieveProject', 'project_id') },
  updateProject: {
    touches: ({ path }) => [touch('retrieveProject', path), touch('listProjects')],
    shows: changed('retrieveProject', 'project_id'),
  },
  deleteProject: {
    touches: (facts) => [
      touch('listProjects'),
      touch('listSharedProjects'),
      // Aurora does not say what becomes of them: if they are still there, reading them again shows it.
      ...designsBelow(facts, BELOW_DESIGN),
      ...BELOW_PROJECT.map((operation) => touch(operation, facts.path)),
    ],
  },
  updateConsumptionProfile: {
    touches: (facts) => [
      touch('retrieveConsumptionProfile', facts.path),
      touch('retrieveProjectBillSummary', facts.path),
      ...designsBelow(facts, OF_ENERGY_USE),
    ],
    shows: changed('retrieveConsumptionProfile', 'project_id'),
  },
  runUtilityBillUpload: {
    ...begun('retrieveUtilityBillUploadStatus'),
    touches: ({ path }) => [touch('listUtilityBills', path)],
  },
  updateOrder: {
    touches: ({ path }) => [touch('retrieveOrder', path)],
    shows: changed('retrieveOrder', 'order_id'),
  },
  declineOrder: {
    touches: ({ path }) => [touch('retrieveOrder', path)],
    shows: changed('retrieveOrder', 'order_id'),
  },
  createProjectFromOrder: begun('retrieveCreateProjectStatus'),
  runAgreementDownloadUrl: begun('retrieveAgreementDownloadUrlStatus'),
  createSiteSurvey: {
    touches: (facts) => [listedSurveys(facts)],
    shows: made('getSiteSurvey', 'site_survey_id'),
  },
  updateSiteSurvey: surveyed,
  updateSiteSurveyStatus: surveyed,
  updateSiteSurveyElectricalData: surveyed,
  updateSiteSurveyElectricalSubpanels: surveyed,
  updateSiteSurveyMountingPlanes: surveyed,

  createDesign: { touches: (facts) => [listedDesigns(facts)], shows: made('retrieveDesign', 'design_id') },
  duplicateDesign: { touches: (facts) => [listedDesigns(facts)], shows: made('retrieveDesign', 'design_id') },
  updateDesignPricing: { touches: priced, shows: changed('retrieveDesignPricing', 'design_id') },
  createAdder: { touches: priced },
  deleteAdder: { touches: priced },
  pushFinancingToFinancier: {
    touches: ({ path }) => [
      touch('retrieveFinancing', path),
      touch('listFinancings', { design_id: path['design_id'] }),
    ],
    shows: ({ path }) => ({
      read: touch('retrieveFinancing', path),
      key: `${path['design_id'] ?? ''}/${path['financing_id'] ?? ''}`,
    }),
  },
  createProposal: {
    touches: ({ path }) => [touch('retrieveProposal', path)],
    shows: changed('retrieveProposal', 'design_id'),
  },
  deleteDefaultProposal: {
    touches: ({ path }) => [touch('retrieveProposal', path), touch('retrieveWebProposal', path)],
  },
  generateWebProposalUrl: {
    touches: ({ path }) => [touch('retrieveWebProposal', path)],
    shows: changed('retrieveWebProposal', 'design_id'),
  },
  shareMilestone: { touches: () => [touch('listSharedProjects')] },
  updateRackingBillOfMaterials: {
    touches: ({ path }) => [touch('retrieveDesignSummary', path), touch('listDesignAssets', path)],
  },
  runPerformanceSimulation: begun('retrievePerformanceSimulationStatus'),
  runIrradianceAnalysis: begun('retrieveIrradianceAnalysisStatus'),
  runAutoDesigner: begun('retrieveAutoDesignerStatus'),
  runFirePathwayPlacement: begun('retrieveFirePathwayPlacementStatus'),
  runAiRoof: begun('retrieveAiRoofStatus'),
  runProposalPdfGeneration: begun('retrieveProposalPdfGenerationStatus'),

  createDesignRequest: {
    touches: () => [touch('listDesignRequests')],
    shows: made('retrieveDesignRequest', 'design_request_id'),
  },
  acceptDesignRequest: {
    touches: (facts) => [
      touch('retrieveDesignRequest', facts.path),
      touch('listDesignRequests'),
      listedDesigns(facts),
    ],
    shows: changed('retrieveDesignRequest', 'design_request_id'),
  },
  createEagleviewDesignRequest: {
    touches: () => [],
    shows: made('retrieveEagleviewDesignRequest', 'eagleview_design_request_id'),
  },
  acceptEagleviewDesignRequest: {
    touches: (facts) => [touch('retrieveEagleviewDesignRequest', facts.path), listedDesigns(facts)],
    shows: changed('retrieveEagleviewDesignRequest', 'eagleview_design_request_id'),
  },
  createPlanSetRequest: { touches: () => [], shows: made('retrievePlanSetRequest', 'plan_set_request_id') },
}

/** What a job has changed when it ends; `path` is that of the call that told so. */
export const ENDS: Readonly<Record<JobKind, (facts: EndFacts) => readonly Touch[]>> = {
  performanceSimulationJob: ({ path }) => [
    touch('retrieveDesignSummary', path),
    touch('retrieveDesignBillSummary', path),
    touch('listDesignAssets', path),
    // There may have been none before.
    ...pricesOf(path['design_id']),
  ],
  irradianceAnalysisJob: ({ path }) => [
    touch('retrieveDesignSummary', path),
    touch('listDesignAssets', path),
  ],
  autoDesignerJob: ({ path }) => [
    touch('retrieveDesign', path),
    touch('retrieveDesignSummary', path),
    touch('retrieveRoofSummary', path),
    touch('listRackingArrays', path),
    touch('listDesignAssets', path),
    // Sizes are in the list of its project, and which that is nobody says here.
    touch('listDesigns'),
    ...pricesOf(path['design_id']),
  ],
  firePathwayPlacementJob: ({ path }) => [
    touch('retrieveDesignSummary', path),
    touch('retrieveRoofSummary', path),
  ],
  aiRoofJob: ({ path }) => [touch('retrieveDesignSummary', path), touch('retrieveRoofSummary', path)],
  proposalPdfGenerationJob: () => [],
  agreementDownloadUrlJob: () => [],
  utilityBillUploadJob: ({ path, listed }) => [
    touch('listUtilityBills', path),
    touch('retrieveUtilityBill', path),
    touch('retrieveConsumptionProfile', path),
    touch('retrieveProjectBillSummary', path),
    ...designsBelow({ path, listed }, OF_ENERGY_USE),
  ],
  projectCreationJob: ({ path }) => [touch('listProjects'), touch('retrieveOrder', path)],
}
