// The executor against graphql-js, over hard documents and a schema of resolvers that do everything a resolver may do.
import fc from 'fast-check'
import { execute, parse, versionInfo } from 'graphql'
import type { ExecutionResult, GraphQLError } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createExecute } from '../../../src/execution/execute.ts'
import { makeHardDocument } from '../../support/hard-documents.ts'
import { buildHardSchema, createRun, settleInOrder } from '../../support/hard-schema.ts'
import { outsideNulls } from '../../support/outside-nulls.ts'

const schema = buildHardSchema()
const executeOurs = createExecute(schema)

/** graphql-js leaves promises of lists without a handler where another item has failed. */
const unhandled: unknown[] = []
let others: NodeJS.UnhandledRejectionListener[] = []
const note = (error: unknown): void => void unhandled.push(error)
beforeAll(() => {
  others = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', note)
})
afterAll(() => {
  process.off('unhandledRejection', note)
  for (const each of others) process.on('unhandledRejection', each)
})

/** Everything that a client can see, in its order. */
function seen(result: ExecutionResult, isAsync: boolean): string {
  const show = ({ message, path, locations }: GraphQLError) => ({ message: cut(message), path, locations })
  const errors = isAsync ? outsideNulls(result, show) : result.errors?.map(show)
  return JSON.stringify({ data: result.data, errors }, null, 1)
}

/** graphql-js quotes values in the messages about them. */
const cut = (message: string): string =>
  message
    .replace(/ with value .*$/s, '')
    .replace(/, received a value .*$/s, '')
    .replace(/ but got: .*$/s, '.')
    .replace(/^Expected `[^`]*serialize.*$/s, 'Expected serialize')

async function compare(documentSeed: number, seed: number, isAsync: boolean): Promise<void> {
  const { text, variables, operationName } = makeHardDocument(documentSeed, schema)
  const document = parse(text)
  const args = { document, variableValues: variables, operationName, rootValue: 'root' }
  const theirRun = createRun(seed, { isAsync })
  const theirs = await settleInOrder(theirRun, execute({ schema, ...args, contextValue: theirRun }))
  const theirUnhandled = unhandled.splice(0)
  // The second execution uses the plan that the first one has made.
  for (const _time of [1, 2]) {
    const run = createRun(seed, { isAsync })
    const executed = executeOurs({ ...args, contextValue: run })
    if (executed === null) throw new Error('left to graphql-js')
    const ours = await settleInOrder(run, executed)
    expect(`${text}\n${seen(ours, isAsync)}`).toBe(`${text}\n${seen(theirs, isAsync)}`)
    // An iterable that is no array is not read on after an item has failed, so its promises have no handler here either.
    expect(unhandled.splice(0).length).toBeLessThanOrEqual(theirUnhandled.length)
  }
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 })

describe.runIf(versionInfo.major === 16)('the executor answers as graphql-js does', () => {
  it('where every value is there', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, seeds, (document, seed) => compare(document, seed, false)),
      { numRuns: 400 },
    )
  })

  it('where some values are promises, which settle in any order', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, seeds, (document, seed) => compare(document, seed, true)),
      { numRuns: 400 },
    )
  })
})
