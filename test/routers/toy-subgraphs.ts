// Subgraphs of other teams: one with notes about projects, which can be started, and one in the style of Relay.
import { createServer } from 'node:http'
import { buildSchema, graphql } from 'graphql'
import { listenLocally } from '../support/local-server.ts'

const link = (imported: string): string =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${imported}])`

const NOTES_TYPES = `
  type Query {
    notes: [Note!]!
  }
  type Note {
    text: String!
    project: Project
  }
`

/** It stores Aurora's own ids, and adds a field to the projects of the gateway. */
export const NOTES_SDL = `${link('"@key"')}
  ${NOTES_TYPES}
  type Project @key(fields: "auroraId") {
    auroraId: ID!
    remarks: [String!]!
  }
`

/** It has all that Relay's clients want for itself. */
export const RELAY_SDL = `${link('"@key", "@shareable"')}
  type Query {
    node(id: ID!): Node
    nodes(ids: [ID!]!): [Node]!
    people(first: Int, after: String): PersonConnection
  }
  interface Node {
    id: ID!
  }
  type Person implements Node @key(fields: "id") {
    id: ID!
    name: String
  }
  type PersonConnection {
    edges: [PersonEdge!]!
    pageInfo: PageInfo!
  }
  type PersonEdge {
    cursor: String!
    node: Person
  }
  type PageInfo @shareable {
    hasNextPage: Boolean!
    hasPreviousPage: Boolean!
    startCursor: String
    endCursor: String
  }
`

export interface Notes extends AsyncDisposable {
  readonly url: string
  /** The projects that have a note, by Aurora's ids; tests change them. */
  projectIds: readonly string[]
}

export async function openNotes(): Promise<Notes> {
  const schema = buildSchema(`
    ${NOTES_TYPES}
    extend type Query { _entities(representations: [_Any!]!): [_Entity]! }
    scalar _Any
    union _Entity = Project
    type Project { auroraId: ID! remarks: [String!]! }
  `)
  const projectOf = (auroraId: string) => ({ __typename: 'Project', auroraId, remarks: [`of ${auroraId}`] })
  const rootValue = {
    notes: () => notes.projectIds.map((id) => ({ text: `about ${id}`, project: projectOf(id) })),
    _entities: ({ representations }: { representations: readonly { auroraId: string }[] }) =>
      representations.map(({ auroraId }) => projectOf(auroraId)),
  }
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      let body = ''
      for await (const chunk of request.setEncoding('utf8')) body += String(chunk)
      const { query: source, variables: variableValues } = JSON.parse(body) as Asked
      const result = await graphql({ schema, source, rootValue, variableValues })
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result))
    }
    answer().catch((error: unknown) => void response.writeHead(500).end(String(error)))
  })
  const local = await listenLocally(server)
  const notes: Notes = {
    url: `${local.url}/graphql`,
    projectIds: [],
    async [Symbol.asyncDispose]() {
      await local[Symbol.asyncDispose]()
    },
  }
  return notes
}

interface Asked {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>>
}
