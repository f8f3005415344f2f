// The lists that can be filtered, sorted and searched, one row each, with the values of their objects for that.
import type { Members } from '../aurora/body.ts'
import type { ListSpec } from './list-index.ts'
import { PROJECT_SPEC } from './project-spec.ts'
import { caselessOf, joined, numberOf, textOf, textsIn } from './read-members.ts'

const searching = (...searched: readonly string[]) => ({
  searched,
  texts: (members: Members) => textsIn(members, searched),
})

/** A part of the catalogue that designs are made of. */
const COMPONENT = {
  values: { manufacturerName: caselessOf('manufacturer_name') },
  sorts: { NAME: textOf('name'), MANUFACTURER_NAME: textOf('manufacturer_name') },
  ...searching('name', 'manufacturer_name'),
  members: ['name', 'manufacturer_name'],
} as const satisfies ListSpec

/** By their operation. */
export const SPECS = {
  listProjects: PROJECT_SPEC,
  // Which members they have is not publicly documented; if they are those of projects, they are found.
  listSharedProjects: PROJECT_SPEC,
  listUsers: {
    values: { accountStatus: caselessOf('account_status'), email: caselessOf('email') },
    sorts: {
      NAME: (user) => joined(user, ['last_name', 'first_name']),
      EMAIL: textOf('email'),
      ACCOUNT_STATUS: textOf('account_status'),
    },
    ...searching('first_name', 'last_name', 'email'),
    members: ['first_name', 'last_name', 'email', 'account_status'],
  },
  listModules: {
    ...COMPONENT,
    sorts: { ...COMPONENT.sorts, RATING_STC: numberOf('rating_stc') },
    members: [...COMPONENT.members, 'rating_stc'],
  },
  listInverters: {
    ...COMPONENT,
    sorts: { ...COMPONENT.sorts, RATED_POWER: numberOf('rated_power') },
    members: [...COMPONENT.members, 'rated_power'],
  },
  listDcOptimizers: COMPONENT,
} as const satisfies Readonly<Record<string, ListSpec>>

export type IndexedList = keyof typeof SPECS
