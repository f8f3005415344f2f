// changes: which objects have changed, for a board that shows many.
import { getArgumentValues, Kind as NodeKind } from 'graphql'
import type { DocumentNode, FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import { KIND_OF_TYPE } from '../../aurora/kinds.ts'
import type { Kind } from '../../aurora/kinds.ts'
import { collectFields } from '../../execution/collect-fields.ts'
import { readVariables } from '../../execution/variables.ts'
import { builder } from '../builder.ts'
import type { ChangeNote } from '../context.ts'
import { toGlobalId } from '../global-id.ts'
import { findNode, Node } from '../node.ts'

type ChangedObject = ChangeNote['objects'][number]

const ChangedObjectRef = builder.objectRef<ChangedObject>('ChangedObject').implement({
  description: 'An object that was created, changed or deleted.',
  fields: (t) => ({
    type: t.exposeString('typeName', {
      nullable: false,
      description: 'The name of its type in this schema, such as `Project`.',
    }),
    id: t.id({
      nullable: false,
      description: 'Its global id. Costs nothing.',
      resolve: ({ typeName, key }) => toGlobalId(typeName, key),
    }),
    node: t.field({
      type: Node,
      description:
        'The object as it is now. Costs what `node` costs, 1 call at most, once for all who get this event; NOT_FOUND if it ' +
        'is gone.',
      resolve: ({ typeName, key }, _args, context, info) =>
        findNode(toGlobalId(typeName, key), context, info),
    }),
  }),
})

const ChangesRef = builder.objectRef<ChangeNote>('Changes').implement({
  description: 'What has changed since the event before.',
  fields: (t) => ({
    isReset: t.exposeBoolean('isReset', {
      nullable: false,
      description:
        'Whether other objects may have changed than those listed: in the first event, if more have changed than are kept ' +
        '(500), and if it is not known which. Read again what you show.',
    }),
    objects: t.field({
      type: [ChangedObjectRef],
      nullable: { list: false, items: false },
      description: 'The objects, each of them once; what has changed last is the last one.',
      resolve: ({ objects }) => objects as ChangedObject[],
    }),
  }),
})

/** `ConsumptionProfile` is CONSUMPTION_PROFILE. */
const wordOf = (typeName: string): string => typeName.replace(/(?<=.)(?=[A-Z])/g, '_').toUpperCase()

const ObjectKind = builder.enumType('ObjectKindInput', {
  description: 'The types of objects that have a global id.',
  values: Object.fromEntries(
    [...KIND_OF_TYPE].map(([typeName, kind]) => [
      wordOf(typeName),
      { value: kind, description: `Objects that are shown as \`${typeName}\`.` },
    ]),
  ),
})

const NAME = 'changes'

builder.subscriptionField(NAME, (t) =>
  t.field({
    type: ChangesRef,
    description:
      'Which objects have changed: by a write through this gateway, by a webhook, or because they were read anew and are others ' +
      'than before. Objects that were not read lately are missing unless a webhook names them. Costs no call. A client that ' +
      'reads slowly gets what has changed meanwhile as one event.',
    args: {
      kinds: t.arg({
        type: [ObjectKind],
        required: true,
        description: 'The kinds of objects that matter.',
      }),
    },
    subscribe() {
      throw new Error('a subscription is executed by the watches of live/')
    },
    resolve: (_event, _args, { stream }) => stream?.changes ?? { isReset: true, objects: [] },
  }),
)

interface Asked {
  readonly operation: OperationDefinitionNode
  readonly variables: Readonly<Record<string, unknown>> | undefined
}

/** The kinds whose changes a subscription is about; null if it is about something else. */
export function readKinds(
  schema: GraphQLSchema,
  { definitions }: DocumentNode,
  { operation, variables }: Asked,
): ReadonlySet<Kind> | null {
  const type = schema.getSubscriptionType()
  const variableValues = readVariables(schema, operation, variables ?? {})
  if (!type || !variableValues) return null
  const fragments = Object.fromEntries(
    definitions.flatMap((each): [string, FragmentDefinitionNode][] =>
      each.kind === NodeKind.FRAGMENT_DEFINITION ? [[each.name.value, each]] : [],
    ),
  )
  const [nodes] = collectFields([operation.selectionSet], type, {
    schema,
    fragments,
    variableValues,
  }).values()
  const field = nodes?.[0]
  const definition = type.getFields()[NAME]
  if (field?.name.value !== NAME || !definition) return null
  return new Set(getArgumentValues(definition, field, variableValues)['kinds'] as readonly Kind[])
}
