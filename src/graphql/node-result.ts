// The look-up of any object, with its failure as data, for clients that branch on a type instead of an error.
import type { AuroraObject } from '../loaders/aurora-object.ts'
import { builder } from './builder.ts'
import { settle } from './payload.ts'
import type { Result } from './payload.ts'
import { findNode, Node } from './node.ts'
import { ErrorInterface } from './types/error.ts'

const NodeResult = builder.objectRef<Result<AuroraObject>>('NodeResult').implement({
  description:
    'The result of a look-up: the object, or the `errors` with the reasons why it could not be shown.',
  fields: (t) => ({
    node: t.field({
      type: Node,
      description:
        'The object; null if it could not be shown, or where Aurora has none and that is ordinary.',
      resolve: ({ value }) => value,
    }),
    errors: t.field({
      type: [ErrorInterface],
      nullable: false,
      description: 'Why it could not be shown; empty where it could.',
      resolve: ({ failure }, _args, { describe }) => (failure ? [describe(failure)] : []),
    }),
  }),
})

builder.queryField('nodeResult', (t) =>
  t.field({
    type: NodeResult,
    nullable: false,
    description:
      'As `node`, with what went wrong as data instead of an error beside it. Only what is asked of the object directly ' +
      'is looked up with it: fields further below fail alone, as in every query. Costs what `node` costs.',
    args: { id: t.arg.id({ required: true, description: 'A global id, such as `Project:<aurora id>`.' }) },
    async resolve(_root, { id }, context, info) {
      const result = await settle(() => findNode(String(id), context, info, { through: 'node' }))
      // An error as data is still an error, so no cache may store the answer.
      if (result.failure) context.parts.spoil()
      return result
    },
  }),
)
