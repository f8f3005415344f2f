// The examples that the query editor opens with, read from the folder that is deployed beside the program.
import { readdirSync, readFileSync } from 'node:fs'

/** The path is the same from src/ and from dist/. */
const EXAMPLES = new URL('../../examples/', import.meta.url)

/** The order for a newcomer: from simple examples to costly ones. */
const ORDER = [
  'projects-with-owners',
  'designs-of-projects',
  'what-a-design-makes-and-costs',
  'people',
  'page-through-projects',
  'find-projects',
  'sync-projects',
  'live-board',
]

export function readExamples(): readonly string[] {
  try {
    return readdirSync(EXAMPLES)
      .flatMap((file) => file.match(/^(.+)\.graphql$/)?.[1] ?? [])
      .sort((left, right) => rank(left) - rank(right))
      .map((name) => readFileSync(new URL(`${name}.graphql`, EXAMPLES), 'utf8'))
  } catch (cause) {
    throw new Error('GRAPHIQL is on, and the folder examples/ beside the program cannot be read', { cause })
  }
}

const rank = (name: string): number => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length)
