// What the simulator answers about projects: files, contracts, surveys, bills, and where they came from.

import { linkDocument } from './agreement-data.ts'
import type { Project } from './data.ts'
import { found, ofProject, ok, read, refuse, userError } from './operation.ts'
import type { Operation } from './operation.ts'
import { createPage } from './paging.ts'
import { flattenProject, thin } from './shape.ts'
import type { JsonObject, Shape } from './shape.ts'
import { createSurveyRequest } from './site-data.ts'

export const PROJECT_OPERATIONS: readonly Operation[] = [
  read('listProjects', '/tenants/{tenant_id}/projects', ({ data, query, shape }) => {
    const page = createPage(data.projects, query)
    return ok({
      projects: page.map((project) =>
        shape.listedProjects === 'thin' ? thin(project) : presentProject(project, shape),
      ),
    })
  }),
  read('retrieveProject', '/tenants/{tenant_id}/projects/{project_id}', ({ ids, data, shape }) => {
    const project = data.project(ids.project_id)
    return found('project', project && presentProject(project, shape))
  }),
  read(
    'retrieveConsumptionProfile',
    '/tenants/{tenant_id}/projects/{project_id}/consumption_profile',
    ({ ids, data }) => {
      if (!data.project(ids.project_id)) return refuse(404, 'Project not found')
      const profile = data.profile(ids.project_id)
      // The one text that clients rely on, so it stands alone.
      return profile
        ? ok({ consumption_profile: profile })
        : userError(404, 'Consumption profile is not filled out')
    },
  ),

  read('listProjectAssets', '/tenants/{tenant_id}/projects/{project_id}/assets', (request) =>
    ofProject(request, 'assets', request.data.projectAssetsOf(request.ids.project_id)),
  ),
  read('retrieveAsset', '/tenants/{tenant_id}/assets/{asset_id}', ({ ids, data }) =>
    found('asset', data.asset(ids.asset_id)),
  ),

  read('listAgreements', '/tenants/{tenant_id}/projects/{project_id}/agreements', (request) =>
    ofProject(request, 'agreements', request.data.agreementsOf(request.ids.project_id)),
  ),
  read('retrieveAgreement', '/tenants/{tenant_id}/agreements/{agreement_id}', ({ ids, data }) =>
    found('agreement', data.agreement(ids.agreement_id)),
  ),
  read(
    'retrieveAgreementDownloadLink',
    '/tenants/{tenant_id}/agreements/{agreement_id}/download_link',
    ({ ids, data }) => {
      const agreement = data.agreement(ids.agreement_id)
      if (!agreement) return refuse(404, 'Agreement not found')
      const link = linkDocument(agreement)
      // Bare, and 422 before it is signed: both are guesses.
      return link === undefined ? refuse(422, 'Agreement is not signed') : ok({ download_link: link })
    },
  ),

  read('listSiteSurveys', '/tenants/{tenant_id}/projects/{project_id}/site_surveys', (request) =>
    ofProject(request, 'site_surveys', request.data.siteSurveysOf(request.ids.project_id)),
  ),
  read('getSiteSurvey', '/tenants/{tenant_id}/site_surveys/{site_survey_id}', ({ ids, data }) =>
    found('site_survey', data.siteSurvey(ids.site_survey_id)),
  ),
  read(
    'getSiteSurveyRequest',
    '/tenants/{tenant_id}/site_surveys/{site_survey_id}/request',
    ({ ids, data }) => {
      const survey = data.siteSurvey(ids.site_survey_id)
      // Bare, as the contract has it, since its wrapper is not public.
      return survey ? ok(createSurveyRequest(survey)) : refuse(404, 'Site survey not found')
    },
  ),

  read('retrieveProjectBillSummary', '/tenants/{tenant_id}/projects/{project_id}/bill_summary', (request) =>
    ofProject(request, 'bill_summary', request.data.projectBillSummary(request.ids.project_id)),
  ),
  read('listUtilityBills', '/tenants/{tenant_id}/projects/{project_id}/utility_bills', (request) =>
    ofProject(request, 'utility_bills', request.data.utilityBillsOf(request.ids.project_id)),
  ),
  read(
    'retrieveUtilityBill',
    '/tenants/{tenant_id}/projects/{project_id}/utility_bills/{utility_bill_id}',
    (request) => {
      const { project_id, utility_bill_id } = request.ids
      const bills = request.data.utilityBillsOf(project_id)
      return ofProject(
        request,
        'utility_bill',
        bills.find(({ id }) => id === utility_bill_id),
      )
    },
  ),
  read('retrieveAhj', '/tenants/{tenant_id}/ahjs/{ahj_id}', ({ ids, data }) =>
    found('ahj', data.ahj(ids.ahj_id)),
  ),
  read('retrieveOrder', '/tenants/{tenant_id}/orders/{order_id}', ({ ids, data }) =>
    found('order', data.order(ids.order_id)),
  ),
]

function presentProject(project: Project, shape: Shape): JsonObject {
  return shape.flatProjects ? flattenProject(project) : project
}
