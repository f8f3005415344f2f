// User: a person who works in the tenant's account.
import { builder } from '../builder.ts'
import { choice, identifier, identifiers, number, text } from '../member.ts'
import { lookUp, Node } from '../node.ts'
import { createOpenEnum } from '../open-enum.ts'
import { relation, relations, wholeList } from '../relation.ts'
import { Partner, Role, Team, Tenant, User } from './refs.ts'

const AccountStatus = createOpenEnum('AccountStatus', {
  description:
    'State of the account of a user. Aurora documents one value and may add others, such as for accounts switched off.',
  values: { ACTIVE: 'The account is in use.' },
})

User.implement({
  interfaces: [Node],
  description:
    "A person who works in the tenant's account. One call lists all users with `email`, `firstName`, `lastName` and " +
    '`accountStatus`, so those cost 1 call however many users are shown. Every other field is on the single user ' +
    'only, and costs 1 call for each user it is asked of.',
  fields: (t) => ({
    auroraId: t.id({ nullable: false, description: "Aurora's own id.", resolve: ({ key }) => key }),
    tenantId: t.field(identifier('tenant_id', "Aurora's id of the tenant. On the single user only.")),
    tenant: t.field({
      type: Tenant,
      description: 'The tenant: the same for every user. Costs 1 call, once.',
      resolve: (_user, _args, { loaders }) => loaders.read('retrieveTenant')(),
    }),
    firstName: t.field(text('first_name', 'Given name.')),
    lastName: t.field(text('last_name', 'Family name.')),
    email: t.field(text('email', 'Email address of the account.')),
    accountStatus: t.field(choice('account_status', AccountStatus, 'State of the account.')),
    accountStatusRaw: t.field(text('account_status', "`accountStatus` in Aurora's own word.")),
    phone: t.field(text('phone', 'Phone number, in no set form. On the single user only.')),
    title: t.field(text('title', 'Job title, in free words. On the single user only.')),
    jobFunction: t.field(
      text(
        'job_function',
        'Kind of work, as a word of a set that Aurora does not publish. On the single user only.',
      ),
    ),
    externalProviderId: t.field(
      text(
        'external_provider_id',
        "The id in the integrator's own system; null if none was given. On the single user only.",
      ),
    ),
    roleId: t.field(
      identifier(
        'role_id',
        "Aurora's id of the role, which says what the user may do. On the single user only.",
      ),
    ),
    role: t.field(
      relation(
        'role_id',
        Role,
        'role',
        'What the user may do. The id is on the single user only; names cost one call more for all roles.',
      ),
    ),
    teamIds: t.field(identifiers('team_ids', "Aurora's ids of the user's teams. On the single user only.")),
    teams: t.field(
      relations(
        'team_ids',
        Team,
        'team',
        "The user's teams. The ids are on the single user only; names cost one call more for all teams. A team " +
          'that cannot be read keeps its `id`, and its other fields say why.',
      ),
    ),
    partnerIds: t.field(
      identifiers(
        'partner_ids',
        "Aurora's ids of the outside firms that the user is assigned to. On the single user only.",
      ),
    ),
    partners: t.field(
      relations(
        'partner_ids',
        Partner,
        'partner',
        'The outside firms that the user is assigned to. The ids are on the single user only; names cost one call ' +
          'more for all partners. A partner that cannot be read keeps its `id`, and its other fields say why.',
      ),
    ),
    locale: t.field(text('locale', 'Language and region, such as `en-US`. On the single user only.')),
    basePricePerWattMin: t.field(
      number(
        'base_price_per_watt_min',
        "Lowest base price the user may set, in the tenant's currency per W; null where none is set. On the single user " +
          'only.',
      ),
    ),
    basePricePerWattMax: t.field(
      number(
        'base_price_per_watt_max',
        "Highest base price the user may set, in the tenant's currency per W; null where none is set. On the single user " +
          'only.',
      ),
    ),
  }),
})

builder.queryFields((t) => ({
  user: t.field(
    lookUp(
      'user',
      User,
      'A user by id. Costs 1 call: the list of all users if names, email and account status are enough, else the ' +
        'single user.',
    ),
  ),
  users: t.field(
    wholeList(
      User,
      'listUsers',
      'All users of the tenant, in no promised order. Costs 1 call (1 more per further 250 users), and 1 more for ' +
        'each user of whom a field is asked that is on the single user only.',
    ),
  ),
}))
