// Role: what a user may do.
import { addQueries } from '../fields.ts'
import { choice, ownWord, raw, text } from '../member.ts'
import { implementNode, ownId } from '../node.ts'
import { createOpenEnum } from '../open-enum.ts'
import { wholeList } from '../relation.ts'

const RoleScope = createOpenEnum('RoleScope', {
  description: 'Whose projects a role reaches. Aurora may add values at any time.',
  values: {
    ALL: 'Those of the whole tenant, as for the role Admin.',
    PARTNER_ENABLED: "Those of the user's partners.",
    TEAM_ENABLED: "Those of the user's teams, as for the role Team Member.",
    ASSIGNED_ONLY: 'Those that the user is assigned to, as for the role Limited Team Member.',
  },
})

implementNode('role', {
  description:
    'A set of permissions that users are given: Admin, Team Member and Limited Team Member are built in, others are ' +
    'made by the tenant. Aurora has no look-up of a single role: one call lists them all.',
  fields: {
    auroraId: ownId(),
    name: text('What the role is called in the app.'),
    scope: choice(
      RoleScope,
      'Whose projects it reaches. That Aurora returns it under this name is inferred: null if it does not.',
    ),
    scopeRaw: ownWord(),
    raw: raw(),
  },
})

addQueries({
  roles: wholeList('listRoles', 'All roles of the tenant, in no promised order. Costs 1 call.'),
})
