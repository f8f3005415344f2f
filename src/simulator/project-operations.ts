// What the simulator answers about projects: files, contracts, surveys, bills, and where they came from.

import { linkDocument } from './agreement-data.ts'
import type { Project } from './data.ts'
import { byId, mustExist, ok, projectOf, read, readPart, readValue, refuse, userError } from './operation.ts'
import type { Answer, Operation, OperationRequest } from './operation.ts'
import { createPage } from './paging.ts'
import { flattenProject, thin } from './shape.ts'
import type { JsonObject, Shape } from './shape.ts'
import { createSurveyRequest } from './site-data.ts'

/** One read a line. */
// prettier-ignore
export const PROJECT_OPERATIONS: readonly Operation[] = [
  read('listProjects', '/projects', listProjects),
  readValue('retrieveProject', '/projects/{project_id}', 'project', (data, id, { shape }) => present(data.project(id), shape)),
  read('retrieveConsumptionProfile', '/projects/{project_id}/consumption_profile', retrieveProfile),

  readPart('listProjectAssets', '/projects/{project_id}/assets', 'assets', (data, id) => data.projectAssetsOf(id)),
  readValue('retrieveAsset', '/assets/{asset_id}', 'asset', (data, id) => data.asset(id)),

  readPart('listAgreements', '/projects/{project_id}/agreements', 'agreements', (data, id) => data.agreementsOf(id)),
  readValue('retrieveAgreement', '/agreements/{agreement_id}', 'agreement', (data, id) => data.agreement(id)),
  read('retrieveAgreementDownloadLink', '/agreements/{agreement_id}/download_link', retrieveDownloadLink),

  readPart('listSiteSurveys', '/projects/{project_id}/site_surveys', 'site_surveys', (data, id) => data.siteSurveysOf(id)),
  readValue('getSiteSurvey', '/site_surveys/{site_survey_id}', 'site_survey', (data, id) => data.siteSurvey(id)),
  // Without a wrapper, as in the contract, since its wrapper is not public.
  read('getSiteSurveyRequest', '/site_surveys/{site_survey_id}/request', ({ ids, data }) =>
    ok(createSurveyRequest(mustExist(data.siteSurvey(ids.site_survey_id), 'Site survey')))),

  readPart('retrieveProjectBillSummary', '/projects/{project_id}/bill_summary', 'bill_summary', (data, id) => data.projectBillSummary(id)),
  readPart('listUtilityBills', '/projects/{project_id}/utility_bills', 'utility_bills', (data, id) => data.utilityBillsOf(id)),
  readPart('retrieveUtilityBill', '/projects/{project_id}/utility_bills/{utility_bill_id}', 'utility_bill', (data, id, { ids }) =>
    byId(data.utilityBillsOf(ids.project_id), id)),
  readValue('retrieveAhj', '/ahjs/{ahj_id}', 'ahj', (data, id) => data.ahj(id)),
  readValue('retrieveOrder', '/orders/{order_id}', 'order', (data, id) => data.order(id)),
]

function listProjects({ data, query, shape }: OperationRequest): Answer {
  const page = createPage(data.projects, query)
  const isThin = shape.listedProjects === 'thin'
  return ok({ projects: page.map((project) => (isThin ? thin(project) : present(project, shape))) })
}

function present(project: Project | undefined, shape: Shape): JsonObject | undefined {
  return project && shape.flatProjects ? flattenProject(project) : project
}

function retrieveProfile(request: OperationRequest): Answer {
  const profile = request.data.profile(projectOf(request).id)
  // Clients rely on this text and on no other, so it is not mixed with the canary.
  return profile
    ? ok({ consumption_profile: profile })
    : userError(404, 'Consumption profile is not filled out')
}

/** Without a wrapper, and 422 before the agreement is signed: both are guesses. */
function retrieveDownloadLink({ ids, data }: OperationRequest): Answer {
  const download_link = linkDocument(mustExist(data.agreement(ids.agreement_id), 'Agreement'))
  return download_link === undefined ? refuse(422, 'Agreement is not signed') : ok({ download_link })
}
