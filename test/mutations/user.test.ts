// Users, where more is to be said than that they are made and changed.
import { describe, expect, it } from 'vitest'
import { createTestGateway } from '../support/test-gateway.ts'

const PERSON = { email: 'noor@example.org', firstName: 'Noor', lastName: 'Newcomer' }
const CREATE = `mutation ($input: CreateUserInput!) {
  createUser(input: $input) {
    user { auroraId email phone roleId teamIds partnerIds externalProviderId } errors { code message }
  }
}`
const UPDATE = `mutation ($id: ID!, $input: UpdateUserInput!) {
  updateUser(id: $id, input: $input) { user { auroraId firstName lastName } errors { code message } }
}`

interface Payload {
  readonly user: Readonly<Record<string, unknown>> | null
  readonly errors: readonly { code: string; message: string }[]
}

describe('a user', () => {
  it('is made with role, teams and firms by either id, and known by id from then on', async () => {
    await using gateway = await createTestGateway()
    const { roles, teams, partners } = gateway.simulator.data
    const [role, team, partner] = [roles[0]?.id ?? '', teams[0]?.id ?? '', partners[0]?.id ?? '']
    const input = {
      ...PERSON,
      phone: '(555) 010-8820',
      externalProviderId: 'HR-1',
      roleId: `Role:${role}`,
      teamIds: [team],
      partnerIds: [`Partner:${partner}`],
    }
    const { data } = await gateway.ask<{ createUser: Payload }>(CREATE, { input })
    expect(data?.createUser).toEqual({
      user: {
        auroraId: expect.any(String),
        email: PERSON.email,
        phone: '(555) 010-8820',
        roleId: role,
        teamIds: [team],
        partnerIds: [partner],
        externalProviderId: 'HR-1',
      },
      errors: [],
    })
    gateway.takeCalls()
    const { data: read } = await gateway.ask('query ($id: ID!) { user(id: $id) { email phone roleId } }', {
      id: data?.createUser.user?.['auroraId'],
    })
    expect(read).toEqual({ user: { email: PERSON.email, phone: '(555) 010-8820', roleId: role } })
    expect(gateway.takeCalls()).toEqual([])
  })

  it.each([
    ['an email without an @', { email: 'noor' }, /`email`/],
    ['an email with a space', { email: 'noor @example.org' }, /`email`/],
    ['no given name', { firstName: '' }, /`firstName` is empty/],
    ['no family name', { lastName: ' ' }, /`lastName` is empty/],
    ['the role of a team', { roleId: 'Team:1' }, /not one of a Role/],
    ['a firm that is a role', { partnerIds: ['Role:1'] }, /not one of a Partner/],
    ['a team with a way out of its place', { teamIds: ['../users'] }, /An id is/],
  ])('is neither made nor changed with %s, for no call', async (_what, part, says) => {
    await using gateway = await createTestGateway()
    const made = await gateway.ask<{ createUser: Payload }>(CREATE, { input: { ...PERSON, ...part } })
    const changed = await gateway.ask<{ updateUser: Payload }>(UPDATE, { id: 'u', input: part })
    for (const payload of [made.data?.createUser, changed.data?.updateUser])
      expect(payload).toEqual({
        user: null,
        errors: [{ code: 'BAD_USER_INPUT', message: expect.stringMatching(says) }],
      })
    expect(gateway.takeCalls()).toEqual([])
  })

  it.each(['email', 'firstName', 'lastName'])('is not made without %s', async (name) => {
    await using gateway = await createTestGateway()
    const { errors } = await gateway.ask(CREATE, { input: { ...PERSON, [name]: undefined } })
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining(name) })])
    expect(gateway.takeCalls()).toEqual([])
  })

  it('that changes is seen anew as owner, and leaves roles, teams, firms and projects as they are', async () => {
    await using gateway = await createTestGateway()
    const project = gateway.simulator.data.projects.find(({ owner_id: id }) => id)
    const id = project?.owner_id ?? ''
    const owner = 'query ($id: ID!) { project(id: $id) { name owner { firstName } } }'
    const others = '{ roles { name } teams { name } partners { name } projects(first: 1) { nodes { name } } }'
    await gateway.ask(owner, { id: project?.id })
    await gateway.ask(others)
    gateway.takeCalls()

    const { data } = await gateway.ask(UPDATE, { id: `User:${id}`, input: { firstName: 'Renamed' } })
    expect(data).toMatchObject({ updateUser: { user: { auroraId: id, firstName: 'Renamed' }, errors: [] } })
    expect(gateway.takeCalls()).toEqual(['1 PUT /tenants/{}/users/{}'])

    expect((await gateway.ask(owner, { id: project?.id })).data).toMatchObject({
      project: { owner: { firstName: 'Renamed' } },
    })
    await gateway.ask(others)
    expect(gateway.takeCalls()).toEqual([])
  })
})
