// What has a global id, and how it is found again: one row per type.
import type { ObjectRef } from '@pothos/core'
import type { GraphQLResolveInfo } from 'graphql'
import { GatewayError } from '../errors/errors.ts'
import type { AuroraObject } from '../loaders/aurora-object.ts'
import type { ByKey } from '../loaders/by-key.ts'
import type { Loaders } from '../loaders/loaders.ts'
import type { JobKind, Kind } from '../rest/endpoint.ts'
import { builder } from './builder.ts'
import type { SchemaTypes } from './builder.ts'
import type { GraphQLContext } from './context.ts'
import { parseGlobalId, readId, toGlobalId } from './global-id.ts'
import { neededMembers } from './selection.ts'

interface NodeRow {
  readonly kind: Kind
  find(loaders: Loaders, key: string, needs: readonly string[]): Promise<AuroraObject | null>
}

const jobRow = (kind: JobKind): NodeRow => ({
  kind,
  find: (loaders, key, needs) => loaders[kind].load(key, needs),
})

const NODES: Readonly<Record<string, NodeRow>> = {
  Tenant: { kind: 'tenant', find: findTenant },
  SsoProvider: { kind: 'ssoProvider', find: findSsoProvider },
  Role: { kind: 'role', find: ({ role }, key, needs) => role.load(key, needs) },
  User: { kind: 'user', find: ({ user }, key, needs) => user.load(key, needs) },
  Team: { kind: 'team', find: ({ team }, key, needs) => team.load(key, needs) },
  Partner: { kind: 'partner', find: ({ partner }, key, needs) => partner.load(key, needs) },
  Webhook: { kind: 'webhook', find: ({ webhook }, key, needs) => webhook.load(key, needs) },
  Module: { kind: 'module', find: ({ module }, key, needs) => module.load(key, needs) },
  Inverter: { kind: 'inverter', find: ({ inverter }, key, needs) => inverter.load(key, needs) },
  DcOptimizer: { kind: 'dcOptimizer', find: ({ dcOptimizer }, key, needs) => dcOptimizer.load(key, needs) },
  ProposalTemplate: {
    kind: 'proposalTemplate',
    find: ({ proposalTemplate }, key, needs) => proposalTemplate.load(key, needs),
  },
  Project: { kind: 'project', find: ({ project }, key, needs) => project.load(key, needs) },
  ConsumptionProfile: {
    kind: 'consumptionProfile',
    find: (loaders, key) => loaders.consumptionProfileOf(key),
  },
  ProjectBillSummary: {
    kind: 'projectBillSummary',
    find: (loaders, key) => loaders.billSummaryOfProject(key),
  },
  UtilityBill: { kind: 'utilityBill', find: ({ utilityBill }, key, needs) => utilityBill.load(key, needs) },
  SharedProject: {
    kind: 'sharedProject',
    find: ({ sharedProject }, key, needs) => sharedProject.load(key, needs),
  },
  Ahj: { kind: 'ahj', find: ({ ahj }, key, needs) => ahj.load(key, needs) },
  Order: { kind: 'order', find: ({ order }, key, needs) => order.load(key, needs) },
  SiteSurvey: { kind: 'siteSurvey', find: ({ siteSurvey }, key, needs) => siteSurvey.load(key, needs) },
  Agreement: { kind: 'agreement', find: ({ agreement }, key, needs) => agreement.load(key, needs) },
  Asset: { kind: 'asset', find: ({ asset }, key, needs) => asset.load(key, needs) },
  Design: { kind: 'design', find: ({ design }, key, needs) => design.load(key, needs) },
  DesignSummary: { kind: 'designSummary', find: (loaders, key) => loaders.summaryOf(key) },
  DesignBillSummary: {
    kind: 'designBillSummary',
    find: (loaders, key) => loaders.billSummaryOfDesign(key),
  },
  RoofSummary: { kind: 'roofSummary', find: (loaders, key) => loaders.roofSummaryOf(key) },
  Pricing: { kind: 'pricing', find: (loaders, key) => loaders.pricingOf(key) },
  Financing: { kind: 'financing', find: ({ financing }, key, needs) => financing.load(key, needs) },
  Proposal: { kind: 'proposal', find: (loaders, key) => loaders.proposalOf(key) },
  WebProposal: { kind: 'webProposal', find: (loaders, key) => loaders.webProposalOf(key) },
  DesignRequest: {
    kind: 'designRequest',
    find: ({ designRequest }, key, needs) => designRequest.load(key, needs),
  },
  EagleviewDesignRequest: {
    kind: 'eagleviewDesignRequest',
    find: ({ eagleviewDesignRequest }, key, needs) => eagleviewDesignRequest.load(key, needs),
  },
  PlanSetRequest: {
    kind: 'planSetRequest',
    find: ({ planSetRequest }, key, needs) => planSetRequest.load(key, needs),
  },
  PlanSet: { kind: 'planSet', find: (loaders, key) => loaders.planSetOf(key) },
  PerformanceSimulationJob: jobRow('performanceSimulationJob'),
  IrradianceAnalysisJob: jobRow('irradianceAnalysisJob'),
  AutoDesignerJob: jobRow('autoDesignerJob'),
  FirePathwayPlacementJob: jobRow('firePathwayPlacementJob'),
  AiRoofJob: jobRow('aiRoofJob'),
  ProposalPdfGenerationJob: jobRow('proposalPdfGenerationJob'),
  AgreementDownloadUrlJob: jobRow('agreementDownloadUrlJob'),
  UtilityBillUploadJob: jobRow('utilityBillUploadJob'),
  ProjectCreationJob: jobRow('projectCreationJob'),
}

const TYPE_NAMES = new Map<Kind, string>(
  Object.entries(NODES).map(([typeName, { kind }]) => [kind, typeName]),
)

const typeNameOf = ({ kind }: AuroraObject): string => TYPE_NAMES.get(kind) ?? kind

async function findTenant(loaders: Loaders, key: string): Promise<AuroraObject> {
  const tenant = await loaders.tenant()
  if (tenant.key === key) return tenant
  throw notFound('tenant')
}

/** Goes by the id of its tenant. */
async function findSsoProvider(loaders: Loaders, key: string): Promise<AuroraObject | null> {
  const provider = await loaders.ssoProvider()
  if (provider === null || provider.key === key) return provider
  throw notFound('ssoProvider')
}

const notFound = (kind: Kind): GatewayError =>
  new GatewayError('NOT_FOUND', `There is no ${kind} with this id for this credential.`)

export const Node = builder.interfaceRef<AuroraObject>('Node').implement({
  description: 'Whatever can be asked for again by its global id, with `node` or `nodes`.',
  resolveType: typeNameOf,
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Global and readable: the name of the type, a colon, and the id within it. Costs nothing.',
      resolve: (object) => toGlobalId(typeNameOf(object), object.key),
    }),
  }),
})

/** Rejects with BAD_USER_INPUT for an id without a type of this schema, before anything is spent. */
export async function findNode(
  id: string,
  { loaders }: GraphQLContext,
  info: GraphQLResolveInfo,
  through?: string,
): Promise<AuroraObject | null> {
  const { typeName, key } = parseGlobalId(id) ?? { typeName: '', key: '' }
  const row = Object.hasOwn(NODES, typeName) ? NODES[typeName] : undefined
  if (row) return row.find(loaders, key, neededMembers(info, typeName, through))
  throw new GatewayError(
    'BAD_USER_INPUT',
    'A global id looks like "Project:<id>", with a type of this schema.',
  )
}

/** A field that finds one object of a type, by either of its ids. */
export const lookUp = (
  typeName: string,
  type: ObjectRef<SchemaTypes, AuroraObject>,
  loads: (loaders: Loaders) => ByKey,
  description: string,
) => ({
  type,
  nullable: true as const,
  description,
  args: builder.args((t) => ({
    id: t.id({ required: true, description: `A global id (\`${typeName}:<id>\`) or Aurora's own.` }),
  })),
  resolve: (
    _root: object,
    { id }: { readonly id: string | number },
    { loaders }: GraphQLContext,
    info: GraphQLResolveInfo,
  ) => loads(loaders).load(readId(typeName, String(id)), neededMembers(info, typeName)),
})

/** As many as a screen shows; each may cost a call. */
const MAX_NODES = 100

builder.queryFields((t) => ({
  node: t.field({
    type: Node,
    description:
      'The object with this global id. Costs what the field of its type costs: at most 1 call, save for a ' +
      'SharedProject, which is looked for in the list of them.',
    args: { id: t.arg.id({ required: true, description: 'A global id, such as `Project:<aurora id>`.' }) },
    resolve: (_root, { id }, context, info) => findNode(String(id), context, info),
  }),
  nodes: t.field({
    type: [Node],
    nullable: { list: false, items: true },
    description:
      'Objects by global id, in the order asked; one that fails is null with its own error. ' +
      'Costs at most 1 call each, less where lists or the cache know them.',
    args: {
      ids: t.arg.idList({ required: true, description: `Global ids, at most ${MAX_NODES}.` }),
    },
    resolve: (_root, { ids }, context, info) => {
      if (ids.length <= MAX_NODES) return ids.map((id) => findNode(String(id), context, info))
      throw new GatewayError('BAD_USER_INPUT', `At most ${MAX_NODES} ids can be asked for at once.`)
    },
  }),
}))
