// Started by `npm run contract`: prints src/aurora/members.ts from the contract, so that nobody keeps its lists by hand.
import { writeFileSync } from 'node:fs'
import { format, resolveConfig } from 'prettier'
import { ALL_READS } from '../src/aurora/reads.ts'
import { ALL_WRITES } from '../src/aurora/writes.ts'
import { readMembers, readNames } from './read-contract.ts'

const TARGET = new URL('../src/aurora/members.ts', import.meta.url)

const union = (names: readonly string[]): string => names.map((name) => `  | '${name}'`).join('\n')

function printMembers(): string {
  const { operationIds, routes } = readNames()
  const rows = [...ALL_READS, ...ALL_WRITES].flatMap((endpoint) => {
    const members = Object.keys(readMembers(endpoint))
    return members.length > 0 ? [`  ${endpoint.operation}: '${members.join(' ')}',`] : []
  })
  return `// What answers of Aurora carry. Printed from schema/aurora.openapi.yaml by \`npm run contract\`, never changed by hand.

/** The operationIds of the contract. */
export type OperationId =
${union(operationIds)}

/** The path templates of the contract. */
export type Route =
${union(routes)}

// One operation a line, however long.
// prettier-ignore
const CARRIED: Readonly<Partial<Record<OperationId, string>>> = {
${rows.join('\n')}
}

const MEMBERS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(CARRIED).map(([operation, text]) => [operation, text.split(' ')]),
)

/** The members that the contract describes in an answer: of its object, or of each item of its list. */
export const carriedMembers = (operation: OperationId): readonly string[] => MEMBERS.get(operation) ?? []
`
}

const options = await resolveConfig(TARGET)
writeFileSync(TARGET, await format(printMembers(), { ...options, parser: 'typescript' }))
