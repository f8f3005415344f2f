// Mutations of users.
import { builder } from '../builder.ts'
import { assertInput, idOf, toChanges, toMembers } from '../input.ts'
import type { InputFields } from '../input.ts'
import { addMutation } from '../mutation.ts'
import { createObjectPayload } from '../payload.ts'

const UserPayload = createObjectPayload('user', 'The user as it is now')

const userFields = (t: InputFields) => ({
  phone: t.string({ description: 'Phone number, in no set form.' }),
  title: t.string({ description: 'Job title, in free words.' }),
  externalProviderId: t.string({ description: "The id in the integrator's own system." }),
  roleId: t.id({ description: 'The role that decides what the user may do, by either id.' }),
  teamIds: t.idList({ description: 'All teams of the user, by either id.' }),
  partnerIds: t.idList({
    description:
      'All outside firms that the user is assigned to, by either id: of one who is, only their projects are seen.',
  }),
})

const CreateUserInput = builder.inputType('CreateUserInput', {
  description: 'Who a new user is. A null counts as left out.',
  fields: (t) => ({
    email: t.string({
      required: true,
      description: 'Email address of the account; no two users have the same.',
    }),
    firstName: t.string({ required: true, description: 'Given name.' }),
    lastName: t.string({ required: true, description: 'Family name.' }),
    ...userFields(t),
  }),
})

const UpdateUserInput = builder.inputType('UpdateUserInput', {
  description:
    'What is to change of a user; what is left out stays. Which members Aurora lets be changed, or cleared with null, is ' +
    'not publicly documented: UNPROCESSABLE where not.',
  fields: (t) => ({
    email: t.string({ description: 'Email address of the account.' }),
    firstName: t.string({ description: 'Given name.' }),
    lastName: t.string({ description: 'Family name.' }),
    ...userFields(t),
  }),
})

/** The form of every email address. Only a mail can show whether the mailbox exists. */
const EMAIL = /^[^\s@]+@[^\s@]+$/

function assertPerson({ email, firstName, lastName }: typeof UpdateUserInput.$inferInput): void {
  if (typeof email === 'string') assertInput(EMAIL.test(email), '`email` must be an email address.')
  if (typeof firstName === 'string') assertInput(firstName.trim() !== '', '`firstName` is empty.')
  if (typeof lastName === 'string') assertInput(lastName.trim() !== '', '`lastName` is empty.')
}

const NEVER_TWICE =
  'It is never sent twice: where the outcome is UNKNOWN, look among `users` for the address.'

/** Aurora sends a mail to an invited user, but not to a created one. */
function addNewUser(operation: 'createUser' | 'inviteUser', description: string): void {
  addMutation(operation, {
    payload: UserPayload,
    description: `${description} Costs 1 call. ${NEVER_TWICE}`,
    args: (t) => ({ input: t.field({ type: CreateUserInput, required: true, description: 'Who it is.' }) }),
    read({ input }) {
      assertPerson(input)
      return { members: toMembers(input, { nulls: 'dropped' }) }
    },
  })
}

addNewUser('createUser', 'Makes a user, who gets no mail of it.')
addNewUser('inviteUser', 'Makes a user, who is sent an invitation by mail.')

addMutation('updateUser', {
  payload: UserPayload,
  description: 'Changes the members given of a user. Costs 1 call.',
  args: (t) => ({
    id: t.id({ required: true, description: 'The user, by either id.' }),
    input: t.field({ type: UpdateUserInput, required: true, description: 'What is to change.' }),
  }),
  read({ id, input }) {
    const path = { user_id: idOf('User', id) }
    assertPerson(input)
    return { path, members: toChanges(input) }
  },
})
