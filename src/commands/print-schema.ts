// Writes the printed schemas of schema/. Clients generate their types from one of them, and composers make a supergraph
// from the others. Run it after every change of the schema.
import { writeFileSync } from 'node:fs'
import { printSdl, schema } from '../graphql/schema.ts'
import { printSubgraph } from '../subgraph/print-subgraph.ts'

const write = (name: string, text: string): void =>
  writeFileSync(new URL(`../../schema/${name}`, import.meta.url), text)

write('schema.graphql', printSdl(schema))
write('subgraph.graphql', printSubgraph(schema, { version: '2.12', hidesAdmin: false }))
write('subgraph-2.9.graphql', printSubgraph(schema, { version: '2.9', hidesAdmin: false }))
