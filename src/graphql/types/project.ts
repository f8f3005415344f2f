// Project: a site and its customer.
import { builder } from '../builder.ts'
import { connection, createConnection } from '../connection.ts'
import { choice, dateTime, identifier, identifiers, number, object, text, texts } from '../member.ts'
import type { Source } from '../member.ts'
import { lookUp, Node } from '../node.ts'
import { createOpenEnum } from '../open-enum.ts'
import { children, relation, sole } from '../relation.ts'
import {
  Agreement,
  Ahj,
  Asset,
  ConsumptionProfile,
  Design,
  Order,
  Partner,
  Project,
  ProjectBillSummary,
  SiteSurvey,
  Team,
  User,
  UtilityBill,
} from './refs.ts'

const ProjectType = createOpenEnum('ProjectType', {
  description: 'What is built. Aurora may add values at any time.',
  values: { RESIDENTIAL: 'A home.', COMMERCIAL: 'A business.' },
})

const PropertyAddressComponents = builder.objectRef<Source>('PropertyAddressComponents').implement({
  description: 'The parts of a property address, as Aurora parsed it.',
  fields: (t) => ({
    streetAddress: t.field(text('street_address', 'House number and street.')),
    city: t.field(text('city', 'City or town of the site.')),
    region: t.field(text('region', 'State or province; a short code in the US.')),
    postalCode: t.field(text('postal_code', 'Postal code, as text: some begin with a zero.')),
    country: t.field(text('country', 'Full name of the country, not a code.')),
  }),
})

const ProjectLocation = builder.objectRef<Source>('ProjectLocation').implement({
  description: 'Where the site is.',
  fields: (t) => ({
    propertyAddress: t.field(text('property_address', 'The whole address on one line.')),
    latitude: t.field(number('latitude', 'Decimal degrees, north positive.')),
    longitude: t.field(number('longitude', 'Decimal degrees, east positive.')),
    propertyAddressComponents: t.field(
      object('property_address_components', PropertyAddressComponents, 'The address in parts.'),
    ),
  }),
})

const Customer = builder.objectRef<Source>('Customer').implement({
  description:
    'Who the project is for: the `customer…` members of the project in one place, for a fragment of its own.',
  fields: (t) => ({
    salutation: t.field(text('customer_salutation', 'How the customer is addressed, such as Ms. or Dr.')),
    firstName: t.field(text('customer_first_name', 'Given name of the customer.')),
    lastName: t.field(text('customer_last_name', 'Family name of the customer.')),
    email: t.field(text('customer_email', 'Where the customer gets mail.')),
    phone: t.field(text('customer_phone', 'Phone number of the customer, in no set form.')),
    mailingAddress: t.field(text('mailing_address', 'Postal address; may differ from the site.')),
  }),
})

Project.implement({
  interfaces: [Node],
  description:
    'A site and its customer. Lists carry its members, so that a listed project costs no call of its own; a member ' +
    'that a list left out costs one call for that project.',
  fields: (t) => ({
    auroraId: t.id({ nullable: false, description: "Aurora's own id.", resolve: ({ key }) => key }),
    externalProviderId: t.field(
      text(
        'external_provider_id',
        "The id in the integrator's own system; null for projects made in the app.",
      ),
    ),
    name: t.field(text('name', 'What the tenant calls it, mostly after the customer.')),
    status: t.field(text('status', 'Stage of the sale, in words that each tenant defines for itself.')),
    projectType: t.field(choice('project_type', ProjectType, 'What is built.')),
    projectTypeRaw: t.field(text('project_type', "`projectType` in Aurora's own word.")),
    tags: t.field(texts('tags', 'Tags; restricted keys see only projects with certain ones.')),
    customer: t.field({
      type: Customer,
      nullable: false,
      description: 'Who the project is for. Costs nothing beyond the project.',
      resolve: (project) => project,
    }),
    customerSalutation: t.field(
      text('customer_salutation', 'How the customer is addressed, such as Ms. or Dr.'),
    ),
    customerFirstName: t.field(text('customer_first_name', 'Given name of the customer.')),
    customerLastName: t.field(text('customer_last_name', 'Family name of the customer.')),
    customerEmail: t.field(text('customer_email', 'Email address of the customer.')),
    customerPhone: t.field(text('customer_phone', 'Phone number of the customer, in no set form.')),
    mailingAddress: t.field(
      text('mailing_address', 'Postal address of the customer; may differ from the site.'),
    ),
    location: t.field(object('location', ProjectLocation, 'Where the site is.')),
    ownerId: t.field(identifier('owner_id', "Aurora's id of the owner; as free as `owner { auroraId }`.")),
    owner: t.field(
      relation(
        'owner_id',
        User,
        'user',
        'The user who owns the project. `id` is free; names cost one ' + 'call for all users of the tenant.',
      ),
    ),
    teamId: t.field(identifier('team_id', "Aurora's id of the team.")),
    team: t.field(
      relation(
        'team_id',
        Team,
        'team',
        'The team it is assigned to. `id` is free; names cost one call ' + 'for all teams.',
      ),
    ),
    partnerId: t.field(identifier('partner_id', "Aurora's id of the partner.")),
    partner: t.field(
      relation(
        'partner_id',
        Partner,
        'partner',
        'The outside firm it belongs to; it never changes. ' +
          '`id` is free; names cost one call for all partners.',
      ),
    ),
    preferredSolarModules: t.field(
      identifiers('preferred_solar_modules', "Aurora's ids of the modules preferred."),
    ),
    ahjId: t.field(
      identifier(
        'ahj_id',
        "Aurora's id of the authority having jurisdiction; null until it has been looked up.",
      ),
    ),
    ahj: t.field(
      relation(
        'ahj_id',
        Ahj,
        'ahj',
        'The authority that grants its permits; null until it has been looked up. `id` is free; other members cost ' +
          '1 call for each authority.',
      ),
    ),
    orderId: t.field(identifier('order_id', "Aurora's id of the consumer order it came from.")),
    order: t.field(
      relation(
        'order_id',
        Order,
        'order',
        'The consumer order it came from; null if it came from none. `id` is free; other members cost 1 call.',
      ),
    ),
    createdFromLeadId: t.field(
      identifier('created_from_lead_id', "Aurora's id of the lead it was converted from."),
    ),
    createdAt: t.field(dateTime('created_at', 'When it was made.')),
    consumptionProfile: t.field(
      sole(
        ConsumptionProfile,
        'retrieveConsumptionProfile',
        'Energy use before solar; null while it is not filled out. Costs 1 call.',
      ),
    ),
    billSummary: t.field(
      sole(
        ProjectBillSummary,
        'retrieveProjectBillSummary',
        'What energy costs there, in sum; null where Aurora has none. Costs 1 call.',
      ),
    ),
    utilityBills: t.field(
      children(
        UtilityBill,
        'listUtilityBills',
        'The bills of the utility that were uploaded. Costs 1 call. Addresses in it are good for 24 hours.',
      ),
    ),
    designs: t.field(
      children(
        Design,
        'listDesigns',
        'Its designs, in the order Aurora lists them. Costs 1 call (1 more per further 250 designs).',
      ),
    ),
    agreements: t.field(
      children(
        Agreement,
        'listAgreements',
        'The contracts sent to the customer for signature, of all its designs, in no promised order. Costs 1 call.',
      ),
    ),
    assets: t.field(
      children(
        Asset,
        'listProjectAssets',
        'Files that were put to the project, in no promised order; those of a design are in `Design.assets`. ' +
          'Costs 1 call.',
      ),
    ),
    siteSurveys: t.field(
      children(SiteSurvey, 'listSiteSurveys', 'Visits of the site, in no promised order. Costs 1 call.'),
    ),
  }),
})

const ProjectConnection = createConnection('Project', Project)

builder.queryFields((t) => ({
  project: t.field(
    lookUp(
      'project',
      Project,
      'A project by id. Costs 1 call; nothing where a list has shown what is asked for. Many in one query come out of ' +
        'pages of the list: 30 of the newest 250 cost 1 call.',
    ),
  ),
  projects: t.field(
    connection(
      ProjectConnection,
      'listProjects',
      'All projects, newest first. Costs 1 call for each 250 of them: slices are cut out of shared pages, so the ' +
        'next slice, or a smaller one, mostly costs nothing.',
    ),
  ),
}))
