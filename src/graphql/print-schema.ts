// Writes schema/schema.graphql, which clients generate their types from: run it after every change of the schema.
import { writeFileSync } from 'node:fs'
import { printSdl, schema } from './schema.ts'

writeFileSync(new URL('../../schema/schema.graphql', import.meta.url), printSdl(schema))
