import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { collectIds, SAMPLE_IDS_QUERY } from '../../../src/documents/sample-ids.ts'
import { sampleVariables } from '../../../src/documents/sample-variables.ts'
import { schema } from '../../../src/graphql/schema.ts'
import { createTestGateway } from '../../support/test-gateway.ts'

const ids = new Map([
  ['Project', 'Project:p'],
  ['Design', 'Design:d'],
  ['Asset', 'Asset:a'],
])
const sample = (text: string) => sampleVariables(parse(text), { schema, ids })

describe('samples for required variables', () => {
  it.each([
    [
      'an id of the type that its field finds',
      'query ($x: ID!) { design(id: $x) { name } }',
      { x: 'Design:d' },
    ],
    [
      'an id named for its type',
      'mutation ($x: ID!) { runAiRoof(designId: $x) { errors { code } } }',
      { x: 'Design:d' },
    ],
    [
      'an id of what a mutation changes',
      'mutation ($x: ID!) { deleteProject(id: $x) { errors { code } } }',
      { x: expect.any(String) },
    ],
    ['an id of any type', 'query ($x: [ID!]!) { nodes(ids: $x) { id } }', { x: ['Project:p'] }],
    ['an id of a type that has no sample', 'query ($x: ID!) { user(id: $x) { id } }', { x: 'Project:p' }],
    ['a number', 'query ($x: Int!) { projects(first: $x) { nodes { id } } }', { x: 20 }],
    ['nothing that has a default', 'query ($x: Int! = 3) { projects(first: $x) { nodes { id } } }', {}],
    ['nothing that may be left out', 'query ($x: Int) { projects(first: $x) { nodes { id } } }', {}],
    [
      'the required members of an input',
      'mutation ($x: CreateAdderInput!) { createAdder(designId: "d", input: $x) { errors { code } } }',
      { x: { adderName: 'sample', adderValue: 1 } },
    ],
    [
      'a member of an input, by the type of the member',
      'mutation ($x: ID!) { createDesign(input: { projectId: $x, name: "n" }) { errors { code } } }',
      { x: 'Project:p' },
    ],
  ])('are %s', (_, text, variables) => {
    expect(sample(text)).toEqual(variables)
  })

  it('come from a simulator that has an object of each type that a root field looks up', async () => {
    await using gateway = await createTestGateway({ config: { rateLimit: 1000 } })
    const found = collectIds((await gateway.ask(SAMPLE_IDS_QUERY)).data)
    expect([...found.keys()]).toEqual(
      expect.arrayContaining([
        'Project',
        'Design',
        'Financing',
        'User',
        'Agreement',
        'Asset',
        'Module',
        'Webhook',
      ]),
    )
  })
})
