// Opens the page of the query editor; its code is loaded when a person opens the page for the first time.
import type { Page, PageOptions } from './graphiql.ts'
import { keepUnlessFailed } from './keep-unless-failed.ts'

/** Rejects if the examples cannot be read, so that an operator sees this at the start. */
export async function openPage(callerAuth: PageOptions['callerAuth']): Promise<Page> {
  const { readExamples } = await import('./examples.ts')
  const examples = readExamples()
  const load = keepUnlessFailed(async () => {
    const { createPage } = await import('./graphiql.ts')
    return createPage({ examples, callerAuth })
  })
  return {
    open: async () => (await load()).open(),
    file: async (name, encoding) => (await load()).file(name, encoding),
  }
}
