// Project: a site and its customer.
import { costOfFinding, foundList } from '../found-list.ts'
import { addQueries } from '../fields.ts'
import { choices, ids, moments, words } from '../list-arguments.ts'
import {
  choice,
  createValueType,
  dateTime,
  identifier,
  identifiers,
  number,
  object,
  ownWord,
  text,
  texts,
} from '../member.ts'
import { implementNode, lookUp, ownId } from '../node.ts'
import { createOpenEnum } from '../open-enum.ts'
import { children, foreignId, relation, sole } from '../relation.ts'
import { projectDesigns } from './project-designs.ts'
import { ProjectTypeInput } from './project-mutations.ts'
import { PROJECT_ORDER } from './project-order.ts'

const ProjectType = createOpenEnum('ProjectType', {
  description: 'What is built. Aurora may add values at any time.',
  values: { RESIDENTIAL: 'A home.', COMMERCIAL: 'A business.' },
})

const PropertyAddressComponents = createValueType('PropertyAddressComponents', {
  description: 'The parts of a property address, as Aurora parsed it.',
  fields: {
    streetAddress: text('House number and street.'),
    city: text('City or town of the site.'),
    region: text('State or province; a short code in the US.'),
    postalCode: text('Postal code, as text: some begin with a zero.'),
    country: text('Full name of the country, not a code.'),
  },
})

const ProjectLocation = createValueType('ProjectLocation', {
  description: 'Where the site is.',
  fields: {
    propertyAddress: text('The whole address on one line.'),
    latitude: number('Decimal degrees, north positive.'),
    longitude: number('Decimal degrees, east positive.'),
    propertyAddressComponents: object(PropertyAddressComponents, 'The address in parts.'),
  },
})

const Customer = createValueType('Customer', {
  description:
    'Who the project is for: the `customer…` members of the project in one place, for a fragment of its own.',
  fields: {
    salutation: text('How the customer is addressed, such as Ms. or Dr.', 'customer_salutation'),
    firstName: text('Given name of the customer.', 'customer_first_name'),
    lastName: text('Family name of the customer.', 'customer_last_name'),
    email: text('Where the customer gets mail.', 'customer_email'),
    phone: text('Phone number of the customer, in no set form.', 'customer_phone'),
    mailingAddress: text('Postal address; may differ from the site.'),
  },
})

implementNode('project', {
  description:
    'A site and its customer. Lists carry its members, so that a listed project costs no call of its own; a member ' +
    'that a list left out costs one call for that project.',
  fields: {
    auroraId: ownId(),
    externalProviderId: text("The id in the integrator's own system; null for projects made in the app."),
    name: text('What the tenant calls it, mostly after the customer.'),
    status: text('Stage of the sale, in words that each tenant defines for itself.'),
    projectType: choice(ProjectType, 'What is built.'),
    projectTypeRaw: ownWord(),
    tags: texts('Tags; restricted keys see only projects with certain ones.'),
    customer: (t) =>
      t.field({
        type: Customer,
        nullable: false,
        description: 'Who the project is for. Costs nothing beyond the project.',
        resolve: (project) => project,
      }),
    customerSalutation: text('How the customer is addressed, such as Ms. or Dr.'),
    customerFirstName: text('Given name of the customer.'),
    customerLastName: text('Family name of the customer.'),
    customerEmail: text('Email address of the customer.'),
    customerPhone: text('Phone number of the customer, in no set form.'),
    mailingAddress: text('Postal address of the customer; may differ from the site.'),
    location: object(ProjectLocation, 'Where the site is.'),
    ownerId: foreignId(),
    owner: relation('user', 'The user who owns the project.'),
    teamId: identifier("Aurora's id of the team."),
    team: relation('team', 'The team it is assigned to.'),
    partnerId: identifier("Aurora's id of the partner."),
    partner: relation('partner', 'The outside firm it belongs to; it never changes.'),
    preferredSolarModules: identifiers("Aurora's ids of the modules preferred."),
    ahjId: identifier("Aurora's id of the authority having jurisdiction; null until it has been looked up."),
    ahj: relation('ahj', 'The authority that grants its permits; null until it has been looked up.'),
    orderId: identifier("Aurora's id of the consumer order it came from."),
    order: relation('order', 'The consumer order it came from; null if it came from none.'),
    createdFromLeadId: identifier("Aurora's id of the lead it was converted from."),
    createdAt: dateTime('When it was made.'),
    updatedAt: dateTime('When it was last changed. Only versions before 2024.05 return it: null in others.'),
    consumptionProfile: sole(
      'retrieveConsumptionProfile',
      'Energy use before solar; null while it is not filled out. Costs 1 call.',
    ),
    billSummary: sole(
      'retrieveProjectBillSummary',
      'What energy costs there, in sum; null if Aurora has none. Costs 1 call.',
    ),
    utilityBills: children(
      'listUtilityBills',
      'The bills of the utility that were uploaded. Costs 1 call. Addresses in it are good for 24 hours.',
    ),
    designs: projectDesigns(
      'Its designs, in the order Aurora lists them, or filtered and sorted. Costs 1 call (1 more per further 250 designs), with ' +
        '`filter` and `sort` as without.',
    ),
    agreements: children(
      'listAgreements',
      'The contracts sent to the customer for signature, of all its designs, in no promised order. Costs 1 call.',
    ),
    assets: children(
      'listProjectAssets',
      'Files that were put to the project, in no promised order; those of a design are in `Design.assets`. Costs 1 call.',
    ),
    siteSurveys: children('listSiteSurveys', 'Visits of the site, in no promised order. Costs 1 call.'),
  },
})

addQueries({
  project: lookUp(
    'project',
    'A project by id. Costs 1 call; nothing if a list has shown all selected fields. Many in one query come out of pages ' +
      'of the list: 30 of the newest 250 cost 1 call. By `externalProviderId`: nothing where a page of the list that is known ' +
      'shows it, else 1 call for each page of 250 up to it. NOT_FOUND only where all of the list was looked through.',
    {
      argument: 'externalProviderId',
      operation: 'listProjects',
      description:
        "The id in the integrator's own system, letter by letter, in the place of `id`. Where several projects have it, the newest " +
        'that is known; `projects(filter: …)` shows all.',
    },
  ),
  projects: foundList('listProjects', {
    noun: 'projects',
    typeName: 'Project',
    description:
      'All projects, newest first. Costs 1 call for each 250 of them: slices are cut out of shared pages, so the next slice, ' +
      `or a smaller one, mostly costs nothing. ${costOfFinding('projects')}`,
    filter: {
      status: words('Stages of the sale'),
      projectType: choices(ProjectTypeInput, 'What is built'),
      tags: words('Tags'),
      ownerId: ids('User', 'The users who own it'),
      teamId: ids('Team', 'The teams that it is assigned to'),
      partnerId: ids('Partner', 'The outside firms that it belongs to'),
      externalProviderId: words("Ids in the integrator's own system"),
      createdAt: moments('CREATED_AT', 'When it was made.'),
    },
    ...PROJECT_ORDER,
  }),
})
