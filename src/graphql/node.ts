// The types with a global id, and how each of them is found: one row per type.
import type { ObjectRef } from '@pothos/core'
import type { GraphQLResolveInfo } from 'graphql'
import { GatewayError } from '../errors/errors.ts'
import type { AuroraObject } from '../loaders/aurora-object.ts'
import type { ByKey } from '../loaders/by-key.ts'
import type { Loaders } from '../loaders/loaders.ts'
import type { Sole } from '../loaders/reads.ts'
import { assertSafeId } from '../loaders/writes.ts'
import type { Kind } from '../rest/endpoint.ts'
import { builder } from './builder.ts'
import type { SchemaTypes } from './builder.ts'
import type { GraphQLContext } from './context.ts'
import { parseGlobalId, readId, toGlobalId } from './global-id.ts'
import { neededMembers } from './selection.ts'

/** The kinds with a loader that finds an object by its key. */
type KeyedKind = {
  [Name in keyof Loaders & Kind]: Loaders[Name] extends ByKey ? Name : never
}[keyof Loaders & Kind]

interface NodeRow {
  readonly kind: Kind
  find(loaders: Loaders, key: string, needs: readonly string[]): Promise<AuroraObject | null>
}

/** For kinds whose loader has the name of the kind. */
const keyed = (kind: KeyedKind): NodeRow => ({
  kind,
  find: (loaders, key, needs) => loaders[kind].find(key, needs),
})

/** For kinds with one object per parent; the id of the parent is its key. */
const sole = (kind: Kind, loads: (loaders: Loaders) => Sole): NodeRow => ({
  kind,
  async find(loaders, key) {
    assertSafeId(key)
    return loads(loaders)(key)
  },
})

const NODES: Readonly<Record<string, NodeRow>> = {
  Tenant: { kind: 'tenant', find: findTenant },
  SsoProvider: { kind: 'ssoProvider', find: findSsoProvider },
  Role: keyed('role'),
  User: keyed('user'),
  Team: keyed('team'),
  Partner: keyed('partner'),
  Webhook: keyed('webhook'),
  Module: keyed('module'),
  Inverter: keyed('inverter'),
  DcOptimizer: keyed('dcOptimizer'),
  ProposalTemplate: keyed('proposalTemplate'),
  Project: keyed('project'),
  ConsumptionProfile: sole('consumptionProfile', (loaders) => loaders.consumptionProfileOf),
  ProjectBillSummary: sole('projectBillSummary', (loaders) => loaders.billSummaryOfProject),
  UtilityBill: keyed('utilityBill'),
  SharedProject: keyed('sharedProject'),
  Ahj: keyed('ahj'),
  Order: keyed('order'),
  SiteSurvey: keyed('siteSurvey'),
  Agreement: keyed('agreement'),
  Asset: keyed('asset'),
  Design: keyed('design'),
  DesignSummary: sole('designSummary', (loaders) => loaders.summaryOf),
  DesignBillSummary: sole('designBillSummary', (loaders) => loaders.billSummaryOfDesign),
  RoofSummary: sole('roofSummary', (loaders) => loaders.roofSummaryOf),
  Pricing: sole('pricing', (loaders) => loaders.pricingOf),
  Financing: keyed('financing'),
  Proposal: sole('proposal', (loaders) => loaders.proposalOf),
  WebProposal: sole('webProposal', (loaders) => loaders.webProposalOf),
  DesignRequest: keyed('designRequest'),
  EagleviewDesignRequest: keyed('eagleviewDesignRequest'),
  PlanSetRequest: keyed('planSetRequest'),
  PlanSet: sole('planSet', (loaders) => loaders.planSetOf),
  PerformanceSimulationJob: keyed('performanceSimulationJob'),
  IrradianceAnalysisJob: keyed('irradianceAnalysisJob'),
  AutoDesignerJob: keyed('autoDesignerJob'),
  FirePathwayPlacementJob: keyed('firePathwayPlacementJob'),
  AiRoofJob: keyed('aiRoofJob'),
  ProposalPdfGenerationJob: keyed('proposalPdfGenerationJob'),
  AgreementDownloadUrlJob: keyed('agreementDownloadUrlJob'),
  UtilityBillUploadJob: keyed('utilityBillUploadJob'),
  ProjectCreationJob: keyed('projectCreationJob'),
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

/** The key of the SSO provider is the id of its tenant. */
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

/** Rejects with BAD_USER_INPUT for an id without a type of this schema, before a call is spent. */
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

/** A field that finds one object of a type, by its global id or Aurora's own id. */
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
  ) => loads(loaders).find(readId(typeName, String(id)), neededMembers(info, typeName)),
})

/** A screen shows at most about this many objects, and each may cost a call. */
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
      'Costs at most 1 call each and 1 more, less where lists or the cache know them: many of a kind come out of pages ' +
      'of its list.',
    args: {
      ids: t.arg.idList({ required: true, description: `Global ids, at most ${MAX_NODES}.` }),
    },
    resolve: (_root, { ids }, context, info) => {
      if (ids.length <= MAX_NODES) return ids.map((id) => findNode(String(id), context, info))
      throw new GatewayError('BAD_USER_INPUT', `At most ${MAX_NODES} ids can be asked for at once.`)
    },
  }),
}))
