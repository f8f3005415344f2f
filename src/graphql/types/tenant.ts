// Tenant: the company whose Aurora account the gateway reads.
import { addQueries } from '../fields.ts'
import { identifiers, text } from '../member.ts'
import { implementNode, ownId } from '../node.ts'
import { refOf } from '../refs.ts'

implementNode('tenant', {
  description:
    'The company whose Aurora account is read; a credential belongs to exactly one. Everything in this schema is ' +
    'inside it.',
  fields: {
    auroraId: ownId(),
    userIds: identifiers(
      "Aurora's ids of its users. Only versions before 2024.05 return them: null in others, where `users` lists them.",
    ),
    name: text("The company's name; null if Aurora does not return it."),
  },
})

addQueries({
  tenant: (t) =>
    t.field({
      type: refOf('tenant'),
      description: 'The tenant that the credential of this gateway belongs to. Costs 1 call.',
      resolve: (_root, _args, { loaders }) => loaders.read('retrieveTenant')(),
    }),
})
