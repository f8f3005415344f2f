// Event by event: everything is read of two projects, a webhook comes, and everything is read again. What costs a call is in the table.
import { describe, expect, it } from 'vitest'
import { EVENT_NAMES, eventRow } from '../../src/aurora/events.ts'
import type { EventName } from '../../src/aurora/events.ts'
import { ALL_READS } from '../../src/aurora/reads.ts'
import type { ReadEndpoint } from '../../src/aurora/reads.ts'
import type { Call, Reply } from '../../src/rest/call.ts'
import { buildCall, buildReply, buildScope } from '../support/builders.ts'
import { openEventLine } from '../support/event-line.ts'

const scope = buildScope()
/** Another credential of the same tenant. */
const colleague = buildScope('sk_of_a_colleague')
const OBJECTS = ['1', '2'] as const

/** Everything that is read by the id of a design. */
const DESIGN = [
  'listDesignAssets',
  'listFinancings',
  'listRackingArrays',
  'retrieveAiRoofStatus',
  'retrieveAsset',
  'retrieveAutoDesignerStatus',
  'retrieveDesign',
  'retrieveDesignBillSummary',
  'retrieveDesignPricing',
  'retrieveDesignSummary',
  'retrieveFinancing',
  'retrieveFirePathwayPlacementStatus',
  'retrieveIrradianceAnalysisStatus',
  'retrievePerformanceSimulationStatus',
  'retrieveProposal',
  'retrieveProposalPdfGenerationStatus',
  'retrieveRoofSummary',
  'retrieveWebProposal',
]
const PRICES = ['retrieveDesignPricing', 'listFinancings', 'retrieveFinancing']
const PICTURES = ['listDesignAssets', 'retrieveAsset', 'listProjectAssets']
const PROJECT = ['retrieveProject', 'listProjects', 'listSharedProjects']
const NOTHING: string[] = []

const ASKED_AGAIN: Readonly<Record<EventName, readonly string[]>> = {
  project_created: ['retrieveProject', 'listProjects'],
  project_changed: [...PROJECT, 'retrieveConsumptionProfile'],
  project_status_changed: PROJECT,
  project_deleted: [
    ...PROJECT,
    ...DESIGN,
    'getSiteSurvey',
    'getSiteSurveyRequest',
    'listAgreements',
    'listDesignRequests',
    'listDesigns',
    'listProjectAssets',
    'listSiteSurveys',
    'listUtilityBills',
    'retrieveAgreement',
    'retrieveAgreementDownloadLink',
    'retrieveAgreementDownloadUrlStatus',
    'retrieveConsumptionProfile',
    'retrieveDesignRequest',
    'retrieveEagleviewDesignRequest',
    'retrieveOrder',
    'retrievePlanSet',
    'retrievePlanSetRequest',
    'retrieveProjectBillSummary',
    'retrieveUtilityBill',
    'retrieveUtilityBillUploadStatus',
  ],
  consumption_profile_changed: [
    'retrieveConsumptionProfile',
    'retrieveProjectBillSummary',
    'retrieveDesignSummary',
    'retrieveDesignBillSummary',
    'listFinancings',
    'retrieveFinancing',
  ],
  ahj_lookup_completed: PROJECT,
  imagery_lidar_completed: NOTHING,
  design_created: ['retrieveDesign', 'listDesigns', 'listProjectAssets', 'retrieveProjectBillSummary'],
  design_deleted: ['listDesigns', ...DESIGN, 'listProjectAssets', 'retrieveProjectBillSummary'],
  milestone_created: ['retrieveDesign', 'listDesigns'],
  milestone_shared: ['listSharedProjects'],
  asset_created: PICTURES,
  financier_contract_status_changed: ['retrieveFinancing', 'listFinancings'],
  web_proposal_url_created: ['retrieveWebProposal'],
  performance_simulation_job_completed: [
    'retrievePerformanceSimulationStatus',
    'retrieveDesignSummary',
    'retrieveDesignBillSummary',
    ...PRICES,
    ...PICTURES,
    'retrieveProjectBillSummary',
  ],
  panel_irradiance_analysis_job_completed: [
    'retrieveIrradianceAnalysisStatus',
    'retrieveDesignSummary',
    ...PICTURES,
  ],
  auto_designer_job_completed: [
    'retrieveAutoDesignerStatus',
    'retrieveDesign',
    'retrieveDesignSummary',
    'retrieveRoofSummary',
    'retrieveDesignBillSummary',
    'listRackingArrays',
    ...PRICES,
    ...PICTURES,
    'listDesigns',
    'retrieveProjectBillSummary',
  ],
  fire_pathway_placement_job_completed: [
    'retrieveFirePathwayPlacementStatus',
    'retrieveDesignSummary',
    'retrieveRoofSummary',
  ],
  ai_roof_job_completed: ['retrieveAiRoofStatus', 'retrieveDesignSummary', 'retrieveRoofSummary'],
  proposal_pdf_generation_job_completed: ['retrieveProposalPdfGenerationStatus', ...PICTURES],
  agreement_download_url_job_completed: [
    'retrieveAgreementDownloadUrlStatus',
    'retrieveAgreementDownloadLink',
  ],
  agreement_status_changed: ['retrieveAgreement', 'listAgreements', 'retrieveAgreementDownloadLink'],
  order_created: ['retrieveOrder'],
  site_survey_requested: ['getSiteSurvey', 'getSiteSurveyRequest', 'listSiteSurveys'],
  site_survey_status_changed: ['getSiteSurvey', 'getSiteSurveyRequest', 'listSiteSurveys'],
  design_request_created: ['retrieveDesignRequest', 'listDesignRequests'],
  design_request_completed: ['retrieveDesignRequest', 'listDesignRequests'],
  design_request_rejected: ['retrieveDesignRequest', 'listDesignRequests'],
  eagleview_design_request_created: ['retrieveEagleviewDesignRequest'],
  eagleview_design_request_status_changed: ['retrieveEagleviewDesignRequest'],
  plan_set_request_status_changed: ['retrievePlanSetRequest', 'retrievePlanSet'],
  app_status_changed: NOTHING,
  lead_created: NOTHING,
  lead_changed: NOTHING,
  lead_converted: ['retrieveProject', 'listProjects'],
}

/** The first answer that shows the end of a job drops what the job has changed. */
const JOBS_FIRST = ALL_READS.toSorted(
  (one, other) => Number(other.form === 'job') - Number(one.form === 'job'),
)

const idOf = (name: string, object: string): string => `${name.replace(/_id$/, '')}-${object}`

/** Each object of the first project has the number 1, and of the second 2. */
function answer({ endpoint, path, query }: Call): Reply {
  const object = Object.values(path)[0]?.at(-1) ?? '1'
  const [name = ''] = endpoint.parameters
  const members = {
    id: idOf(endpoint.parameters.at(-1) ?? name, object),
    project_id: idOf('project_id', object),
    ...(endpoint.kind !== 'project' && { design_id: idOf('design_id', object) }),
    ...(endpoint.form === 'job' && { job_id: query['job_id'], status: 'succeeded' }),
  }
  return buildReply(endpoint.answers === 'list' ? [members] : members)
}

function open() {
  const { clock, read, receive, takeCalls } = openEventLine({ scope, answer })
  return {
    receive,
    async readAll(of = scope): Promise<string[]> {
      takeCalls()
      for (const endpoint of JOBS_FIRST)
        for (const path of pathsOf(endpoint)) {
          const query = endpoint.form === 'job' ? { job_id: idOf('job_id', '1') } : {}
          await read(buildCall({ endpoint, path, query, scope: of, begunAtMs: clock.monotonicMs() }))
        }
      return takeCalls()
    },
  }
}

const pathsOf = ({ parameters }: ReadEndpoint) =>
  parameters.length === 0
    ? [{}]
    : OBJECTS.map((object) => Object.fromEntries(parameters.map((name) => [name, idOf(name, object)])))

const attributesOf = (name: EventName): string =>
  eventRow(name)
    .ids.map((attribute) => `${attribute}=${idOf(attribute.toLowerCase(), '1')}`)
    .join('&')

const expected = (operations: readonly string[], objects: readonly string[]): string[] =>
  ALL_READS.filter(({ operation }) => operations.includes(operation))
    .flatMap(({ operation, parameters }) => {
      const [name] = parameters
      return name === undefined ? [operation] : objects.map((object) => `${operation} ${idOf(name, object)}`)
    })
    .toSorted()

describe('after a webhook', () => {
  it.each(EVENT_NAMES)('%s: exactly what it touches is asked again, once', async (name) => {
    const { receive, readAll } = open()
    expect((await readAll()).length).toBeGreaterThan(100)
    expect(await readAll()).toEqual([])
    await readAll(colleague)

    expect(await receive(name, attributesOf(name))).toBe('recorded')
    const again = expected(ASKED_AGAIN[name], ['1'])
    expect(await readAll()).toEqual(again)
    expect(await readAll()).toEqual([])
    expect(await readAll(colleague)).toEqual(again)
  })

  it.each(EVENT_NAMES)('%s without any attribute: whatever it may mean is asked again', async (name) => {
    const { receive, readAll } = open()
    await readAll()
    expect(await receive(name, '')).toBe('recorded')
    expect(await readAll()).toEqual(expected(ASKED_AGAIN[name], OBJECTS))
  })

  it('of an event that is unknown, everything about the objects that it names is asked again', async () => {
    const { receive, readAll } = open()
    await readAll()
    await receive('project_exploded', '')
    expect(await readAll()).toEqual([])
    await receive('roof_exploded', 'design_id=DESIGN-1')
    expect(await readAll()).toEqual(expected(ASKED_AGAIN.design_deleted, ['1']))
    await receive('project_exploded', 'project_id=project-2')
    expect(await readAll()).toEqual(expected(ASKED_AGAIN.project_deleted, ['2']))
  })
})
