// The complete list of what one request can load, on one screen; whatever costs a call is here.
import type { Members } from '../rest/call.ts'
import { ENDPOINTS } from '../rest/endpoints.ts'
import { createObject } from './aurora-object.ts'
import type { AuroraObject } from './aurora-object.ts'
import type { ByKey } from './by-key.ts'
import { createReads } from './reads.ts'
import type { Children, LoadersOptions, Sliced, Sole, Whole } from './reads.ts'

/** Where a parent is part of the key, as Aurora has the object under its parent only, the key is `parent id/id`. */
export interface Loaders {
  readonly tenant: () => Promise<AuroraObject>
  readonly apiVersions: () => Promise<unknown>
  readonly ssoProvider: () => Promise<AuroraObject | null>
  readonly role: ByKey
  readonly roles: Whole
  readonly user: ByKey
  readonly users: Whole
  readonly team: ByKey
  readonly teams: Whole
  readonly partner: ByKey
  readonly partners: Whole
  readonly webhook: ByKey
  readonly webhooks: Whole

  readonly module: ByKey
  readonly modules: Sliced
  readonly inverter: ByKey
  readonly inverters: Sliced
  readonly dcOptimizer: ByKey
  readonly dcOptimizers: Sliced
  readonly proposalTemplate: ByKey
  readonly proposalTemplates: Whole

  readonly project: ByKey
  /** Newest first. */
  readonly projects: Sliced
  readonly sharedProject: ByKey
  readonly sharedProjects: Sliced
  readonly consumptionProfileOf: Sole
  readonly billSummaryOfProject: Sole
  readonly utilityBill: ByKey
  readonly utilityBillsOf: Children
  readonly assetsOfProject: Children
  readonly agreement: ByKey
  readonly agreementsOf: Children
  readonly downloadLinkOf: Sole
  readonly siteSurvey: ByKey
  readonly siteSurveysOf: Children
  readonly siteSurveyRequestOf: Sole
  readonly ahj: ByKey
  readonly order: ByKey

  readonly design: ByKey
  readonly designsOf: Children
  readonly summaryOf: (designId: string) => Promise<AuroraObject>
  readonly billSummaryOfDesign: Sole
  readonly roofSummaryOf: Sole
  readonly rackingArraysOf: (designId: string) => Promise<readonly Members[]>
  readonly asset: ByKey
  readonly assetsOfDesign: Children
  readonly pricingOf: Sole
  readonly financing: ByKey
  readonly financingsOf: Children
  readonly proposalOf: Sole
  readonly webProposalOf: Sole

  readonly designRequest: ByKey
  readonly designRequests: Whole
  readonly eagleviewDesignRequest: ByKey
  readonly planSetRequest: ByKey
  readonly planSetOf: Sole

  /** Jobs go by the id of what they work on and their own. */
  readonly performanceSimulationJob: ByKey
  readonly irradianceAnalysisJob: ByKey
  readonly autoDesignerJob: ByKey
  readonly firePathwayPlacementJob: ByKey
  readonly aiRoofJob: ByKey
  readonly proposalPdfGenerationJob: ByKey
  readonly agreementDownloadUrlJob: ByKey
  readonly utilityBillUploadJob: ByKey
  readonly projectCreationJob: ByKey
}

/** What the list of users carries by the contract; anything else is on the single user only. */
const LISTED_USER = ['id', 'email', 'first_name', 'last_name', 'account_status']
/** Lists of designs and summaries carry sizes; the single design need not. */
const SIZES: ReadonlySet<string> = new Set(['system_size_stc', 'system_size_ptc', 'system_size_ac'])

export function createLoaders(options: LoadersOptions): Loaders {
  const { byId, fromList, whole, sliced, children, sole, job, values, terms } = createReads(options)

  const design: ByKey = byId(ENDPOINTS.retrieveDesign, {
    elsewhere: async (id, member) => (SIZES.has(member) ? (await summaryOf(id)).get(member) : undefined),
  })
  const oneSummaryOf = sole(ENDPOINTS.retrieveDesignSummary)
  const summaryOf = async (designId: string): Promise<AuroraObject> =>
    (await oneSummaryOf(designId)) ??
    createObject({ kind: 'designSummary', key: designId, known: {}, complete: null })
  const role = fromList(ENDPOINTS.listRoles)
  const user = byId(ENDPOINTS.retrieveUser, {
    shortList: { endpoint: ENDPOINTS.listUsers, carries: LISTED_USER },
  })
  const team = fromList(ENDPOINTS.listTeams)
  const partner = fromList(ENDPOINTS.listPartners)
  const webhook = byId(ENDPOINTS.retrieveWebhook, { longList: ENDPOINTS.listWebhooks })
  const module = byId(ENDPOINTS.retrieveModule, { longList: ENDPOINTS.listModules })
  const inverter = byId(ENDPOINTS.retrieveInverter, { longList: ENDPOINTS.listInverters })
  const dcOptimizer = byId(ENDPOINTS.retrieveDcOptimizer, { longList: ENDPOINTS.listDcOptimizers })
  const proposalTemplate = byId(ENDPOINTS.retrieveProposalTemplate, {
    longList: ENDPOINTS.listProposalTemplates,
  })
  const project = byId(ENDPOINTS.retrieveProject, { longList: ENDPOINTS.listProjects })
  const sharedProject = fromList(ENDPOINTS.listSharedProjects)
  const utilityBill = byId(ENDPOINTS.retrieveUtilityBill)
  const agreement = byId(ENDPOINTS.retrieveAgreement)
  const siteSurvey = byId(ENDPOINTS.getSiteSurvey)
  const asset = byId(ENDPOINTS.retrieveAsset)
  const financing = byId(ENDPOINTS.retrieveFinancing)
  const designRequest = byId(ENDPOINTS.retrieveDesignRequest, { longList: ENDPOINTS.listDesignRequests })

  return {
    async tenant() {
      const tenant = await sole(ENDPOINTS.retrieveTenant)(terms.scope.tenantId)
      return tenant ?? createObject({ kind: 'tenant', key: terms.scope.tenantId, known: {}, complete: null })
    },
    apiVersions: async () => (await sole(ENDPOINTS.retrieveVersions)(''))?.raw(),
    ssoProvider: () => sole(ENDPOINTS.retrieveSsoProvider)(terms.scope.tenantId),
    role,
    roles: whole(ENDPOINTS.listRoles, role),
    user,
    users: whole(ENDPOINTS.listUsers, user),
    team,
    teams: whole(ENDPOINTS.listTeams, team),
    partner,
    partners: whole(ENDPOINTS.listPartners, partner),
    webhook,
    webhooks: whole(ENDPOINTS.listWebhooks, webhook),

    module,
    modules: sliced(ENDPOINTS.listModules, module),
    inverter,
    inverters: sliced(ENDPOINTS.listInverters, inverter),
    dcOptimizer,
    dcOptimizers: sliced(ENDPOINTS.listDcOptimizers, dcOptimizer),
    proposalTemplate,
    proposalTemplates: whole(ENDPOINTS.listProposalTemplates, proposalTemplate),

    project,
    projects: sliced(ENDPOINTS.listProjects, project),
    sharedProject,
    sharedProjects: sliced(ENDPOINTS.listSharedProjects, sharedProject),
    consumptionProfileOf: sole(ENDPOINTS.retrieveConsumptionProfile),
    billSummaryOfProject: sole(ENDPOINTS.retrieveProjectBillSummary),
    utilityBill,
    utilityBillsOf: children(ENDPOINTS.listUtilityBills, utilityBill),
    assetsOfProject: children(ENDPOINTS.listProjectAssets, asset),
    agreement,
    agreementsOf: children(ENDPOINTS.listAgreements, agreement),
    downloadLinkOf: sole(ENDPOINTS.retrieveAgreementDownloadLink),
    siteSurvey,
    siteSurveysOf: children(ENDPOINTS.listSiteSurveys, siteSurvey),
    siteSurveyRequestOf: sole(ENDPOINTS.getSiteSurveyRequest),
    ahj: byId(ENDPOINTS.retrieveAhj),
    order: byId(ENDPOINTS.retrieveOrder),

    design,
    designsOf: children(ENDPOINTS.listDesigns, design),
    summaryOf,
    billSummaryOfDesign: sole(ENDPOINTS.retrieveDesignBillSummary),
    roofSummaryOf: sole(ENDPOINTS.retrieveRoofSummary),
    rackingArraysOf: values(ENDPOINTS.listRackingArrays),
    asset,
    assetsOfDesign: children(ENDPOINTS.listDesignAssets, asset),
    pricingOf: sole(ENDPOINTS.retrieveDesignPricing),
    financing,
    financingsOf: children(ENDPOINTS.listFinancings, financing),
    proposalOf: sole(ENDPOINTS.retrieveProposal),
    webProposalOf: sole(ENDPOINTS.retrieveWebProposal),

    designRequest,
    designRequests: whole(ENDPOINTS.listDesignRequests, designRequest),
    eagleviewDesignRequest: byId(ENDPOINTS.retrieveEagleviewDesignRequest),
    planSetRequest: byId(ENDPOINTS.retrievePlanSetRequest),
    planSetOf: sole(ENDPOINTS.retrievePlanSet),

    performanceSimulationJob: job(ENDPOINTS.retrievePerformanceSimulationStatus),
    irradianceAnalysisJob: job(ENDPOINTS.retrieveIrradianceAnalysisStatus),
    autoDesignerJob: job(ENDPOINTS.retrieveAutoDesignerStatus),
    firePathwayPlacementJob: job(ENDPOINTS.retrieveFirePathwayPlacementStatus),
    aiRoofJob: job(ENDPOINTS.retrieveAiRoofStatus),
    proposalPdfGenerationJob: job(ENDPOINTS.retrieveProposalPdfGenerationStatus),
    agreementDownloadUrlJob: job(ENDPOINTS.retrieveAgreementDownloadUrlStatus),
    utilityBillUploadJob: job(ENDPOINTS.retrieveUtilityBillUploadStatus),
    projectCreationJob: job(ENDPOINTS.retrieveCreateProjectStatus),
  }
}
