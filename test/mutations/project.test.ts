// Projects made, changed and deleted.
import { expect, it } from 'vitest'
import { describeMutation } from '../support/describe-mutation.ts'
import { createTestGateway } from '../support/test-gateway.ts'

const PROJECTS = '{ projects(first: 3) { nodes { auroraId name } } }'
const PROJECTS_CALL = '1 GET /tenants/{}/projects?page=1&per_page=250'
const ONE = 'query ($id: ID!) { project(id: $id) { name status customerEmail } }'
const DESIGNS = 'query ($id: ID!) { project(id: $id) { designs { auroraId name } } }'

describeMutation({
  name: 'createProject',
  document: `mutation ($input: CreateProjectInput!) {
    createProject(input: $input) { project { id auroraId name ownerId } errors $ERRORS }
  }`,
  ids: (data) => ({ ownerId: data.users[0]?.id ?? '', otherId: data.projects[0]?.id ?? '' }),
  variables: ({ ownerId }) => ({
    input: {
      name: 'New roof',
      ownerId: `User:${ownerId}`,
      location: { propertyAddress: '1 Sun Street' },
      customerPhone: null,
    },
  }),
  call: '1 POST /tenants/{}/projects',
  shows: ({ project }, { ownerId }) => expect(project).toMatchObject({ name: 'New roof', ownerId }),
  reads: [
    {
      query: PROJECTS,
      callsAfter: [PROJECTS_CALL],
      shows: ({ projects }) => expect(projects.nodes[0].name).toBe('New roof'),
    },
    { query: DESIGNS, variables: ({ otherId }) => ({ id: otherId }), callsAfter: [] },
  ],
  bad: [
    { variables: () => ({ input: { location: {} } }), says: /location/ },
    { variables: () => ({ input: { location: { latitude: 1 } } }), says: /belong together/ },
    { variables: () => ({ input: { location: { latitude: 91, longitude: 0 } } }), says: /latitude/ },
    { variables: () => ({ input: { location: { latitude: 0, longitude: 181 } } }), says: /longitude/ },
    {
      variables: () => ({ input: { name: 'x'.repeat(256), location: { propertyAddress: 'a' } } }),
      says: /`name` may have 255/,
    },
    {
      variables: () => ({ input: { ownerId: 'Team:1', location: { propertyAddress: 'a' } } }),
      says: /not one of a User/,
    },
  ],
  refused: {
    variables: () => ({ input: { ownerId: 'nobody', location: { propertyAddress: 'a' } } }),
    messages: /owner/,
  },
})

describeMutation({
  name: 'updateProject',
  document: `mutation ($id: ID!, $input: UpdateProjectInput!) {
    updateProject(id: $id, input: $input) { project { auroraId name status } errors $ERRORS }
  }`,
  ids: (data) => ({ id: data.projects[1]?.id ?? '', otherId: data.projects[2]?.id ?? '' }),
  variables: ({ id }) => ({ id: `Project:${id}`, input: { status: 'Moved on' } }),
  call: '1 PUT /tenants/{}/projects/{}',
  shows: ({ project }, { id }) => expect(project).toMatchObject({ auroraId: id, status: 'Moved on' }),
  reads: [
    {
      query: ONE,
      variables: ({ id }) => ({ id }),
      callsAfter: [],
      isShown: true,
      shows: ({ project }) => expect(project.status).toBe('Moved on'),
    },
    {
      query: '{ projects(first: 3) { nodes { status } } }',
      callsAfter: [PROJECTS_CALL],
      shows: ({ projects }) => expect(projects.nodes[1].status).toBe('Moved on'),
    },
    { query: ONE, variables: ({ otherId }) => ({ id: otherId }), callsAfter: [] },
    { query: DESIGNS, variables: ({ id }) => ({ id }), callsAfter: [] },
  ],
  bad: [
    { variables: ({ id }) => ({ id, input: {} }), says: /nothing to change/ },
    { variables: () => ({ id: '../x', input: { name: 'a' } }), says: /An id is/ },
    { variables: ({ id }) => ({ id: `Design:${id}`, input: { name: 'a' } }), says: /not one of a Project/ },
    { variables: ({ id }) => ({ id, input: { location: { longitude: 1 } } }), says: /belong together/ },
  ],
  refused: { variables: ({ id }) => ({ id, input: { name: null } }), messages: /name/ },
})

describeMutation({
  name: 'deleteProject',
  document: `mutation ($id: ID!) { deleteProject(id: $id) { deletedProjectId errors $ERRORS } }`,
  ids: (data) => {
    const project = data.projects.find(({ id }) => data.designsOf(id).length > 0)
    const other = data.projects.findLast(({ id }) => data.designsOf(id).length > 0)
    return {
      id: project?.id ?? '',
      designId: data.designsOf(project?.id ?? '')[0]?.design.id ?? '',
      otherDesignId: data.designsOf(other?.id ?? '')[0]?.design.id ?? '',
    }
  },
  variables: ({ id }) => ({ id }),
  call: '1 DELETE /tenants/{}/projects/{}',
  shows: ({ deletedProjectId }, { id }) => expect(deletedProjectId).toBe(id),
  reads: [
    {
      query: PROJECTS,
      callsAfter: [PROJECTS_CALL],
      shows: ({ projects }, { id }) =>
        expect(projects.nodes.map(({ auroraId }: { auroraId: string }) => auroraId)).not.toContain(id),
    },
    {
      query:
        'query ($id: ID!) { nodeResult(id: $id) { node { id ... on Design { name } } errors { code } } }',
      variables: ({ otherDesignId }) => ({ id: `Design:${otherDesignId}` }),
      callsAfter: [],
    },
  ],
  bad: [{ variables: () => ({ id: '' }), says: /An id is/ }],
})

it('a project that was deleted is not found, nor is a design that was seen below it', async () => {
  await using gateway = await createTestGateway()
  const { data } = gateway.simulator
  const id = data.projects.find((project) => data.designsOf(project.id).length > 0)?.id ?? ''
  const query = `query ($id: ID!, $design: ID!) {
    project(id: $id) { name status customerEmail designs { auroraId name } } design(id: $design) { summary { systemSizeStc } }
  }`
  const design = data.designsOf(id)[0]?.design.id ?? ''
  expect((await gateway.ask(query, { id, design })).errors).toBeUndefined()
  await gateway.ask('mutation ($id: ID!) { deleteProject(id: $id) { deletedProjectId } }', { id })
  const after = await gateway.ask(query, { id, design })
  expect(
    after.errors?.map(({ extensions, path }) => [extensions.code, String(path?.[0])]).toSorted(),
  ).toEqual([
    ['NOT_FOUND', 'design'],
    ['NOT_FOUND', 'project'],
  ])
})

it('two mutations in one document run in order, and the second shows nothing that was read before it', async () => {
  await using gateway = await createTestGateway()
  const id = gateway.simulator.data.projects[0]?.id ?? ''
  const { data } = await gateway.ask<Record<string, { project: { name: string; designs: object[] } }>>(
    `mutation ($id: ID!) {
      first: updateProject(id: $id, input: { name: "one" }) { project { name designs { name } } }
      design: createDesign(input: { projectId: $id, name: "new" }) { design { name } }
      second: updateProject(id: $id, input: { name: "two" }) { project { name designs { name } } }
    }`,
    { id },
  )
  expect([data?.['first']?.project.name, data?.['second']?.project.name]).toEqual(['one', 'two'])
  expect(data?.['second']?.project.designs).toHaveLength((data?.['first']?.project.designs.length ?? 0) + 1)
})
