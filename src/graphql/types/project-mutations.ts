// Mutations of projects.
import { builder } from '../builder.ts'
import { assertCoordinates, assertInput, assertLengths, idOf, toChanges, toMembers } from '../input.ts'
import type { InputFields } from '../input.ts'
import { addMutation } from '../mutation.ts'
import { createDeletedPayload, createObjectPayload } from '../payload.ts'

const ProjectPayload = createObjectPayload('project', 'The project as it is now')

/** Aurora's limit for every text of a project. */
const MAX_LENGTH = 255

export const ProjectTypeInput = builder.enumType('ProjectTypeInput', {
  description: 'What is to be built.',
  values: {
    RESIDENTIAL: { value: 'residential', description: 'A home.' },
    COMMERCIAL: { value: 'commercial', description: 'A business.' },
  },
})

const ProjectLocationInput = builder.inputType('ProjectLocationInput', {
  description:
    'Where the site is: an address, both coordinates, or all three. An address alone is geocoded, and may miss the ' +
    'building; coordinates alone are looked up; all three are kept as given.',
  fields: (t) => ({
    propertyAddress: t.string({ description: 'The whole address on one line, at most 255 characters.' }),
    latitude: t.float({ description: 'Decimal degrees, north positive, -90 to 90.' }),
    longitude: t.float({ description: 'Decimal degrees, east positive, -180 to 180.' }),
  }),
})

type Location = typeof ProjectLocationInput.$inferInput

function assertLocation(location: Location): void {
  assertCoordinates(location)
  const hasAddress = (location.propertyAddress ?? '').trim() !== ''
  assertInput(
    hasAddress || (location.latitude !== undefined && location.latitude !== null),
    'A `location` needs `propertyAddress`, or `latitude` and `longitude`.',
  )
}

/** Members that can be set when a project is created, and changed later. */
const projectFields = (t: InputFields) => ({
  name: t.string({ description: 'What the tenant calls it, mostly after the customer.' }),
  externalProviderId: t.string({ description: "The id in the integrator's own system; need not be unique." }),
  status: t.string({ description: 'Stage of the sale, in words that each tenant defines for itself.' }),
  projectType: t.field({ type: ProjectTypeInput, description: 'What is to be built.' }),
  tags: t.stringList({ description: 'All its tags; restricted keys see only projects with certain ones.' }),
  customerSalutation: t.string({ description: 'How the customer is addressed, such as Ms. or Dr.' }),
  customerFirstName: t.string({ description: 'Given name of the customer.' }),
  customerLastName: t.string({ description: 'Family name of the customer.' }),
  customerEmail: t.string({ description: 'Where the customer gets mail.' }),
  customerPhone: t.string({ description: 'Phone number of the customer, in no set form.' }),
  mailingAddress: t.string({ description: 'Postal address of the customer; may differ from the site.' }),
  ownerId: t.id({ description: 'The user who is to own it, by either id.' }),
  teamId: t.id({ description: 'The team it is to be assigned to, by either id.' }),
  preferredSolarModules: t.idList({ description: 'The modules preferred, by either id.' }),
})

const CreateProjectInput = builder.inputType('CreateProjectInput', {
  description:
    'What a new project starts with; texts have at most 255 characters. A null counts as left out, as Aurora refuses it.',
  fields: (t) => ({
    location: t.field({ type: ProjectLocationInput, required: true, description: 'Where the site is.' }),
    ...projectFields(t),
    partnerId: t.id({
      description:
        "The outside firm it belongs to, by either id; the owner's only one where left out. It can't be changed later.",
    }),
  }),
})

const UpdateProjectInput = builder.inputType('UpdateProjectInput', {
  description:
    'What is to change of a project; what is left out stays as it is. Aurora decides whether a ' +
    'member can be cleared with null, and whether the location can change: UNPROCESSABLE if not.',
  fields: (t) => ({
    location: t.field({ type: ProjectLocationInput, description: 'Where the site is.' }),
    ...projectFields(t),
  }),
})

addMutation('createProject', {
  payload: ProjectPayload,
  description:
    'Makes a project. The authority over its site is looked up behind the scenes. Costs 1 call. It is never sent ' +
    'twice: where the outcome is UNKNOWN, look among the newest `projects` for its `externalProviderId`.',
  args: (t) => ({
    input: t.field({ type: CreateProjectInput, required: true, description: 'What it starts with.' }),
  }),
  read({ input }) {
    assertLengths(input, MAX_LENGTH)
    assertLocation(input.location)
    return { members: toMembers(input, { nulls: 'dropped' }) }
  },
})

addMutation('updateProject', {
  payload: ProjectPayload,
  description: 'Changes the members given of a project. Costs 1 call.',
  args: (t) => ({
    id: t.id({ required: true, description: 'The project, by either id.' }),
    input: t.field({ type: UpdateProjectInput, required: true, description: 'What is to change.' }),
  }),
  read({ id, input }) {
    const path = { project_id: idOf('Project', id) }
    assertLengths(input, MAX_LENGTH)
    if (input.location) assertLocation(input.location)
    return { path, members: toChanges(input) }
  },
})

addMutation('deleteProject', {
  payload: createDeletedPayload('Project'),
  description:
    'Deletes a project for good. Aurora does not say what becomes of its designs, so the next request reads them anew. ' +
    'Costs 1 call.',
  args: (t) => ({ id: t.id({ required: true, description: 'The project, by either id.' }) }),
  read: ({ id }) => ({ path: { project_id: idOf('Project', id) } }),
})
