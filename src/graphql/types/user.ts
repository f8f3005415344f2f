// User: a person who works in the tenant's account.
import { addQueries } from '../fields.ts'
import { foundList } from '../found-list.ts'
import { words } from '../list-arguments.ts'
import { choice, identifier, identifiers, number, ownWord, text } from '../member.ts'
import { implementNode, lookUp, ownId } from '../node.ts'
import { createOpenEnum } from '../open-enum.ts'
import { relation, relations, wholeList } from '../relation.ts'
import { refOf } from '../refs.ts'

const AccountStatus = createOpenEnum('AccountStatus', {
  description:
    'State of the account of a user. Aurora documents one value and may add others, such as for accounts switched off.',
  values: { ACTIVE: 'The account is in use.' },
})

const JobFunction = createOpenEnum('JobFunction', {
  description:
    'Kind of work of a user, as the app offers it for choice. How the API spells the words is not publicly documented; Aurora ' +
    'may add values at any time.',
  values: {
    CANVASSER_SETTER: 'Finds customers and makes appointments.',
    DESIGN_MANAGER: 'Leads designers.',
    DESIGNER: 'Lays out systems.',
    ENGINEERING: 'Works out structure and electrics.',
    EXECUTIVE_OR_OWNER: 'Leads the company, or owns it.',
    IT_OR_BUSINESS_SYSTEMS_MANAGER: 'Runs the programs of the company.',
    MARKETING_MANAGER: 'Advertises.',
    OPERATIONS: 'Keeps the work going between sale and handover.',
    PROJECT_MANAGER: 'Leads the building of systems.',
    SALES_MANAGER: 'Leads those who sell.',
    SALES_REPRESENTATIVE: 'Sells.',
    OTHER: 'Anything else.',
  },
  synonyms: {
    CANVASSER: 'CANVASSER_SETTER',
    SETTER: 'CANVASSER_SETTER',
    ENGINEER: 'ENGINEERING',
    EXECUTIVE: 'EXECUTIVE_OR_OWNER',
    EXECUTIVE_OWNER: 'EXECUTIVE_OR_OWNER',
    OWNER: 'EXECUTIVE_OR_OWNER',
    BUSINESS_SYSTEMS_MANAGER: 'IT_OR_BUSINESS_SYSTEMS_MANAGER',
    IT: 'IT_OR_BUSINESS_SYSTEMS_MANAGER',
    IT_BUSINESS_SYSTEMS_MANAGER: 'IT_OR_BUSINESS_SYSTEMS_MANAGER',
    IT_MANAGER: 'IT_OR_BUSINESS_SYSTEMS_MANAGER',
    MARKETING: 'MARKETING_MANAGER',
    SALES_REP: 'SALES_REPRESENTATIVE',
  },
})

implementNode('user', {
  description:
    "A person who works in the tenant's account. One call lists all users with `email`, `firstName`, `lastName` and " +
    '`accountStatus`, so those cost 1 call for any number of users. Every other field is on the single user ' +
    'only, and costs 1 call for each user it is asked of.',
  fields: {
    auroraId: ownId(),
    tenantId: identifier("Aurora's id of the tenant. On the single user only."),
    tenant: (t) =>
      t.field({
        type: refOf('tenant'),
        description: 'The tenant: the same for every user. Costs 1 call, once.',
        resolve: (_user, _args, { loaders }) => loaders.read('retrieveTenant')(),
      }),
    firstName: text('Given name.'),
    lastName: text('Family name.'),
    email: text('Email address of the account.'),
    accountStatus: choice(AccountStatus, 'State of the account.'),
    accountStatusRaw: ownWord(),
    phone: text('Phone number, in no set form. On the single user only.'),
    title: text('Job title, in free words. On the single user only.'),
    jobFunction: choice(JobFunction, 'Kind of work. On the single user only.'),
    jobFunctionRaw: ownWord(),
    externalProviderId: text(
      "The id in the integrator's own system; null if none was given. On the single user only.",
    ),
    roleId: identifier(
      "Aurora's id of the role, which decides what the user may do. On the single user only.",
    ),
    role: relation('role', 'What the user may do.', {
      cost: 'The id is on the single user only; names cost one call more for all roles.',
    }),
    teamIds: identifiers("Aurora's ids of the user's teams. On the single user only."),
    teams: relations(
      'team',
      'team_ids',
      "The user's teams. The ids are on the single user only; names cost one call more for all teams. A team that cannot be " +
        'read keeps its `id`, and its other fields say why.',
    ),
    partnerIds: identifiers(
      "Aurora's ids of the outside firms that the user is assigned to. On the single user only.",
    ),
    partners: relations(
      'partner',
      'partner_ids',
      'The outside firms that the user is assigned to. The ids are on the single user only; names cost one call more for all ' +
        'partners. A partner that cannot be read keeps its `id`, and its other fields say why.',
    ),
    locale: text('Language and region, such as `en-US`. On the single user only.'),
    basePricePerWattMin: number(
      "Lowest base price the user may set, in the tenant's currency per W; null if none is set. On the single user only.",
    ),
    basePricePerWattMax: number(
      "Highest base price the user may set, in the tenant's currency per W; null if none is set. On the single user only.",
    ),
  },
})

addQueries({
  user: lookUp(
    'user',
    'A user by id. Costs 1 call: the list of all users if names, email and account status are enough, else the single user. ' +
      'By `email` the list of all users is read: nothing where it is known. NOT_FOUND only where all of it was looked through.',
    {
      argument: 'email',
      operation: 'listUsers',
      isCaseless: true,
      description: 'Email address of the account, in any case, in the place of `id`.',
    },
  ),
  users: wholeList(
    'listUsers',
    'All users of the tenant, in no promised order. Costs 1 call (1 more per further 250 users), and 1 more for each user ' +
      'of whom a field is asked that is on the single user only. Some of them are found by `usersConnection`.',
  ),
  usersConnection: foundList('listUsers', {
    noun: 'users',
    typeName: 'User',
    description:
      'The users of the tenant, by name: filtered, searched, sorted and counted. The whole list is read: 1 call for each 250 users ' +
      'that are not known yet, and nothing for the next questions.',
    filter: {
      accountStatus: words("States of the account, in Aurora's own words", { isCaseless: true }),
      email: words('Addresses of mail', { isCaseless: true }),
    },
    sorts: {
      NAME: 'Family name and given name, without regard to case and accents.',
      EMAIL: 'Address of mail.',
      ACCOUNT_STATUS: 'State of the account, in the order of the letters.',
    },
    order: { by: 'NAME', isDescending: false },
  }),
})
