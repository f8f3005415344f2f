// GraphiQL, served whole from this process: nothing is fetched from anywhere else, and its tabs work at once.
import { readdirSync, readFileSync } from 'node:fs'
import type { YogaServerOptions } from 'graphql-yoga'

export interface GraphiQLOptions {
  /** Documents, each a tab, in this order. */
  readonly examples: readonly string[]
  /** Whether a caller must send a gateway key. */
  readonly needsKey: boolean
}

export function createGraphiQL(
  options: GraphiQLOptions | null,
): Pick<YogaServerOptions<object, object>, 'graphiql' | 'renderGraphiQL'> {
  if (options === null) return { graphiql: false }
  const headers = options.needsKey ? HEADERS_WITH_KEY : HEADERS
  return {
    // Nine megabytes, read when somebody opens the page for the first time.
    renderGraphiQL: async (page) => (await import('@graphql-yoga/render-graphiql')).renderGraphiQL(page),
    graphiql: {
      title: 'Aurora GraphQL gateway',
      // The first tab opens with these, a new one too; the other examples carry their own.
      headers,
      defaultHeaders: headers,
      defaultTabs: options.examples.map((query) => ({ query, headers })),
      defaultEditorToolsVisibility: 'headers',
    },
  }
}

/** Beside the code, from src/ as from dist/. */
const EXAMPLES = new URL('../../examples/', import.meta.url)

/** From the plain to the costly, as a newcomer meets them. */
const ORDER = [
  'projects-with-owners',
  'designs-of-projects',
  'what-a-design-makes-and-costs',
  'people',
  'page-through-projects',
]

export const readExamples = (): readonly string[] =>
  readdirSync(EXAMPLES)
    .flatMap((file) => file.match(/^(.+)\.graphql$/)?.[1] ?? [])
    .sort((left, right) => rank(left) - rank(right))
    .map((name) => readFileSync(new URL(`${name}.graphql`, EXAMPLES), 'utf8'))

const rank = (name: string): number => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length)

/** The editor reads comments in its headers. */
const HEADERS = `{
  // No header is needed here: whoever reaches this gateway
  // on this machine may ask (CALLER_AUTH=none).
}`

const HEADERS_WITH_KEY = `{
  // Your gateway key, from whoever runs this gateway
  // (CALLER_AUTH=keys). Without it: UNAUTHENTICATED.
  "Authorization": "Bearer <your gateway key>"
}`
