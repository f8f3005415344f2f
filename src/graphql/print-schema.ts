// Writes schema/schema.graphql, from which clients generate their types. Run it after every change of the schema.
import { writeFileSync } from 'node:fs'
import { printSdl, schema } from './schema.ts'

writeFileSync(new URL('../../schema/schema.graphql', import.meta.url), printSdl(schema))
