// The page of the query editor, which is loaded when a person opens it for the first time.
import type { PageOptions } from './graphiql.ts'

export function openPage(callerAuth: PageOptions['callerAuth']): () => Promise<Response> {
  let page: Promise<() => Promise<Response>> | null = null
  return async () => {
    page ??= load(callerAuth)
    return (await page)()
  }
}

async function load(callerAuth: PageOptions['callerAuth']): Promise<() => Promise<Response>> {
  const { createPage, readExamples } = await import('./graphiql.ts')
  return createPage({ examples: readExamples(), callerAuth })
}
