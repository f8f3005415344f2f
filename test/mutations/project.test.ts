// Projects made, changed and deleted.
import { expect } from 'vitest'
import { describeMutation } from '../support/describe-mutation.ts'

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
    input: { name: 'New roof', ownerId: `User:${ownerId}`, location: { propertyAddress: '1 Sun Street' }, customerPhone: null },
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
