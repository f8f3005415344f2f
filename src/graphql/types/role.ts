// Role: what a user may do.
import { builder } from '../builder.ts'
import { choice, raw, text } from '../member.ts'
import { Node } from '../node.ts'
import { createOpenEnum } from '../open-enum.ts'
import { wholeList } from '../relation.ts'
import { Role } from './refs.ts'

const RoleScope = createOpenEnum('RoleScope', {
  description: 'Whose projects a role reaches. Aurora may add values at any time.',
  values: {
    ALL: 'Those of the whole tenant, as for the role Admin.',
    PARTNER_ENABLED: "Those of the user's partners.",
    TEAM_ENABLED: "Those of the user's teams, as for the role Team Member.",
    ASSIGNED_ONLY: 'Those that the user is assigned to, as for the role Limited Team Member.',
  },
})

Role.implement({
  interfaces: [Node],
  description:
    'A set of permissions that users are given: Admin, Team Member and Limited Team Member are built in, others are ' +
    'made by the tenant. Aurora has no look-up of a single role: one call lists them all.',
  fields: (t) => ({
    auroraId: t.id({ nullable: false, description: "Aurora's own id.", resolve: ({ key }) => key }),
    name: t.field(text('name', 'What the role is called in the app.')),
    scope: t.field(
      choice(
        'scope',
        RoleScope,
        'Whose projects it reaches. That Aurora tells it under this name is inferred: null where it does not.',
      ),
    ),
    scopeRaw: t.field(text('scope', "`scope` in Aurora's own word.")),
    raw: t.field(raw()),
  }),
})

builder.queryFields((t) => ({
  roles: t.field(
    wholeList(Role, 'listRoles', 'All roles of the tenant, in no promised order. Costs 1 call.'),
  ),
}))
