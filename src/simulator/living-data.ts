// The data set after all writes: the same reads, each through the layer of its kind.

import { createAgreements } from './agreement-data.ts'
import type { Agreement } from './agreement-data.ts'
import { createAssets } from './asset-data.ts'
import type { Asset } from './asset-data.ts'
import { createBillSummaries } from './bill-data.ts'
import { createLayer } from './changes.ts'
import type { User } from './company-data.ts'
import { createComponents } from './component-data.ts'
import { createConnections, SSO_PROVIDER } from './connection-data.ts'
import type { Connections } from './connection-data.ts'
import type { CoreData, DesignRecord } from './core-data.ts'
import type { ConsumptionProfile, Project } from './project-data.ts'
import { createProposals } from './proposal-data.ts'
import type { Proposal, WebProposal } from './proposal-data.ts'
import { createRequestData } from './request-data.ts'
import type { DesignRequest, EagleviewDesignRequest, PlanSetRequest } from './request-data.ts'
import { createSiteData } from './site-data.ts'
import type { Order, SiteSurvey, UtilityBill } from './site-data.ts'

export type Webhook = Connections['webhooks'][number]
export type SsoProvider = typeof SSO_PROVIDER

const byId = ({ id }: { readonly id: string }): string => id

/** One layer for each kind that can be written; a kind with one object per parent is keyed by the parent's id. */
export const createChanges = () => ({
  project: createLayer<Project>(byId),
  profile: createLayer<ConsumptionProfile>(({ project_id }) => project_id),
  design: createLayer<DesignRecord>(({ design }) => design.id),
  user: createLayer<User>(byId),
  webhook: createLayer<Webhook>(byId),
  ssoProvider: createLayer<SsoProvider>(() => ''),
  asset: createLayer<Asset>(byId),
  agreement: createLayer<Agreement>(byId),
  siteSurvey: createLayer<SiteSurvey>(byId),
  utilityBill: createLayer<UtilityBill>(byId),
  order: createLayer<Order>(byId),
  proposal: createLayer<Owned<Proposal>>(({ design_id }) => design_id),
  webProposal: createLayer<Owned<WebProposal>>(({ design_id }) => design_id),
  designRequest: createLayer<DesignRequest>(byId),
  eagleviewDesignRequest: createLayer<EagleviewDesignRequest>(byId),
  planSetRequest: createLayer<PlanSetRequest>(byId),
})

export type Changes = ReturnType<typeof createChanges>

/** With the id of its design, which answers do not repeat. */
type Owned<Item> = Item & { readonly design_id: string }

/** All users: there is one tenant. */
export const TENANT = ''

export function overCore(core: CoreData, changes: Changes): CoreData {
  const project = (id: string): Project | undefined => changes.project.one(id, core.project(id))
  const designsOf = (projectId: string): readonly DesignRecord[] =>
    project(projectId) ? changes.design.list(projectId, core.designsOf(projectId)) : []
  return {
    ...core,
    get projects() {
      return changes.project.list(TENANT, core.projects)
    },
    get users() {
      return [...changes.user.list(TENANT, core.users)]
    },
    project,
    user: (id) => changes.user.one(id, core.user(id)),
    profile: (projectId) => changes.profile.one(projectId, core.profile(projectId)),
    designsOf,
    design(id) {
      const record = changes.design.one(id, core.design(id))
      // Everything below a project is deleted with it.
      return record && project(record.design.project_id) ? record : undefined
    },
  }
}

export type Fixed = ReturnType<typeof drawFixed>

/** What depends on the seed alone. Making it takes longer than the rest of a data set, so it is made once for all simulators. */
export function drawFixed(core: CoreData) {
  const { webhooks, sharedProjects } = createConnections(core)
  return { ...createComponents(core), webhooks, sharedProjects }
}

export function createLivingParts(core: CoreData, fixed: Fixed, changes: Changes) {
  const assets = createAssets(core)
  const agreements = createAgreements(core)
  const sites = createSiteData(core)
  const bills = createBillSummaries(core)
  const proposals = createProposals(core)
  const requests = createRequestData(core)
  const owned = <Item extends object>(designId: string, item: Item | undefined) =>
    item && { ...item, design_id: designId }
  const alive = <Item extends { readonly project_id: string }>(item: Item | undefined): Item | undefined =>
    item && core.project(item.project_id) ? item : undefined
  return {
    ...fixed,
    ...bills,
    get webhooks(): readonly Webhook[] {
      return changes.webhook.list(TENANT, fixed.webhooks)
    },
    get ssoProvider(): SsoProvider {
      return changes.ssoProvider.one('', SSO_PROVIDER) ?? SSO_PROVIDER
    },
    ...assets,
    designAssetsOf: (designId: string) => changes.asset.list(designId, assets.designAssetsOf(designId)),
    asset: (id: string) => changes.asset.one(id, assets.asset(id)),
    agreementsOf: (projectId: string) =>
      changes.agreement.list(projectId, agreements.agreementsOf(projectId)),
    agreement: (id: string) => alive(changes.agreement.one(id, agreements.agreement(id))),
    ahj: sites.ahj,
    siteSurveysOf: (projectId: string) => changes.siteSurvey.list(projectId, sites.siteSurveysOf(projectId)),
    siteSurvey: (id: string) => alive(changes.siteSurvey.one(id, sites.siteSurvey(id))),
    utilityBillsOf: (projectId: string) =>
      changes.utilityBill.list(projectId, sites.utilityBillsOf(projectId)),
    order: (id: string) => changes.order.one(id, sites.order(id)),
    proposalTemplates: proposals.proposalTemplates,
    proposal: (id: string) => without(changes.proposal.one(id, owned(id, proposals.proposal(id)))),
    webProposal: (id: string) => without(changes.webProposal.one(id, owned(id, proposals.webProposal(id)))),
    designRequests: () => changes.designRequest.list(TENANT, requests.designRequests()),
    designRequest: (id: string) => alive(changes.designRequest.one(id, requests.designRequest(id))),
    eagleviewDesignRequestsOf: (projectId: string) =>
      changes.eagleviewDesignRequest.list(projectId, requests.eagleviewDesignRequestsOf(projectId)),
    eagleviewDesignRequest: (id: string) =>
      alive(changes.eagleviewDesignRequest.one(id, requests.eagleviewDesignRequest(id))),
    planSetRequestsOf: (projectId: string) =>
      changes.planSetRequest.list(projectId, requests.planSetRequestsOf(projectId)),
    planSetRequest: (id: string) => alive(changes.planSetRequest.one(id, requests.planSetRequest(id))),
  }
}

function without<Item extends { readonly design_id: string }>(item: Item | undefined) {
  if (!item) return undefined
  const { design_id: _, ...rest } = item
  return rest
}
