// The upstream contract as data, with its references followed.
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

interface Schema {
  readonly $ref?: string
  readonly required?: readonly string[]
}

interface Operation {
  readonly get: {
    readonly responses: {
      readonly '200': { readonly content: { readonly 'application/json': { readonly schema?: Schema } } }
    }
  }
}

interface Contract {
  readonly paths: Readonly<Record<string, Operation>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

export const contract = parse(
  readFileSync(new URL('../../schema/aurora.openapi.yaml', import.meta.url), 'utf8'),
) as Contract

export function resolve(schema: Schema | undefined): Schema | undefined {
  const name = schema?.$ref?.split('/').at(-1)
  return name === undefined ? schema : resolve(contract.components.schemas[name])
}
