// What has a global id, and how it is found again: one row per type.
import type { GraphQLResolveInfo } from 'graphql'
import { GatewayError } from '../errors/errors.ts'
import type { AuroraObject } from '../loaders/aurora-object.ts'
import type { Loaders } from '../loaders/loaders.ts'
import type { Kind } from '../rest/endpoints.ts'
import { builder } from './builder.ts'
import type { GraphQLContext } from './context.ts'
import { parseGlobalId, toGlobalId } from './global-id.ts'
import { neededMembers } from './selection.ts'

interface NodeRow {
  readonly kind: Kind
  find(loaders: Loaders, key: string, needs: readonly string[]): Promise<AuroraObject | null>
}

const NODES: Readonly<Record<string, NodeRow>> = {
  Tenant: { kind: 'tenant', find: findTenant },
  User: { kind: 'user', find: ({ user }, key, needs) => user.load(key, needs) },
  Team: { kind: 'team', find: ({ team }, key, needs) => team.load(key, needs) },
  Partner: { kind: 'partner', find: ({ partner }, key, needs) => partner.load(key, needs) },
  Project: { kind: 'project', find: ({ project }, key, needs) => project.load(key, needs) },
  ConsumptionProfile: {
    kind: 'consumptionProfile',
    find: (loaders, key) => loaders.consumptionProfileOf(key),
  },
  Design: { kind: 'design', find: ({ design }, key, needs) => design.load(key, needs) },
  DesignSummary: { kind: 'designSummary', find: (loaders, key) => loaders.summaryOf(key) },
  Pricing: { kind: 'pricing', find: (loaders, key) => loaders.pricingOf(key) },
  Financing: { kind: 'financing', find: ({ financing }, key, needs) => financing.load(key, needs) },
}

const TYPE_NAMES = new Map<Kind, string>(
  Object.entries(NODES).map(([typeName, { kind }]) => [kind, typeName]),
)

const typeNameOf = ({ kind }: AuroraObject): string => TYPE_NAMES.get(kind) ?? kind

async function findTenant(loaders: Loaders, key: string): Promise<AuroraObject> {
  const tenant = await loaders.tenant()
  if (tenant.key === key) return tenant
  throw new GatewayError('NOT_FOUND', 'There is no tenant with this id for this credential.')
}

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
async function findNode(
  id: string,
  { loaders }: GraphQLContext,
  info: GraphQLResolveInfo,
): Promise<AuroraObject | null> {
  const { typeName, key } = parseGlobalId(id) ?? { typeName: '', key: '' }
  const row = Object.hasOwn(NODES, typeName) ? NODES[typeName] : undefined
  if (row) return row.find(loaders, key, neededMembers(info, typeName))
  throw new GatewayError(
    'BAD_USER_INPUT',
    'A global id looks like "Project:<id>", with a type of this schema.',
  )
}

/** As many as a screen shows; each may cost a call. */
const MAX_NODES = 100

builder.queryFields((t) => ({
  node: t.field({
    type: Node,
    description: 'The object with this global id. Costs what the field of its type costs: at most 1 call.',
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
