// An Aurora whose lists have the pages that a test names, whatever is true of the real one, and a gateway before it with a manual clock.
import { createServer } from 'node:http'
import { createManualClock } from './manual-clock.ts'
import { createTestGateway } from './test-gateway.ts'
import type { Answer, TestGateway } from './test-gateway.ts'
import { listenLocally } from './local-server.ts'

export interface Page {
  /** Left out: 200. */
  readonly status?: number
  /** The number of its items. */
  readonly length: number
  /** The place of its first item in the list: the ids are `users-0`, `users-1` and so on. Left out: 0. */
  readonly first?: number
  /** Their ids, where these are others. */
  readonly ids?: readonly (string | null)[]
  readonly headers?: Record<string, string>
  /** Members beside the list. */
  readonly beside?: object
  /** Whether the answer has no body. */
  readonly isBlank?: boolean
  /** What Aurora says with another status than 200. */
  readonly message?: string
}

/** An answer that reports what is stale. */
export interface Report {
  readonly data: Record<string, unknown[]>
  readonly errors?: object[]
  readonly extensions: { readonly freshness: readonly { readonly path: unknown; readonly reason: string }[] }
}

export interface PagedAurora extends AsyncDisposable {
  ask: TestGateway['ask']
  askReport(query: string, headers?: Record<string, string>): Promise<Report>
  /** Each call as the name of its list, the last part of the path, and the number of its page. */
  readonly calls: readonly string[]
  advance(ms: number): Promise<void>
  inMs(ms: number): string
}

const MINUTE_MS = 60_000

/** `pageOf` is called for each call, with the number of the page and the name of the list. */
export async function openPagedAurora(pageOf: (page: number, list: string) => Page): Promise<PagedAurora> {
  const calls: string[] = []
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://aurora.test')
    const list = pathname.split('/').at(-1) ?? ''
    const number = Number(searchParams.get('page') ?? 1)
    calls.push(`${list} ${number}`)
    const { status = 200, headers, beside, message, isBlank, ...page } = pageOf(number, list)
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    if (isBlank) return void response.end()
    const errors = message === undefined ? [] : [{ message }]
    response.end(JSON.stringify(status === 200 ? { [list]: itemsOf(list, page), ...beside } : { errors }))
  })
  const local = await listenLocally(server)
  const clock = createManualClock()
  const gateway = await createTestGateway({ baseUrl: local.url, clock })
  return {
    ask: gateway.ask,
    async askReport(query, headers = {}) {
      const response = await gateway.handle(
        new Request('http://gateway.test/graphql', {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify({ query, extensions: { freshness: true } }),
        }),
      )
      return (await response.json()) as Report
    },
    calls,
    advance: clock.advance,
    inMs: (ms) => new Date(clock.wallMs() + ms).toISOString(),
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await local[Symbol.asyncDispose]()
    },
  }
}

/** Of any kind, the newest first. */
const itemsOf = (
  list: string,
  { length, first = 0, ids }: Pick<Page, 'length' | 'first' | 'ids'>,
): readonly object[] =>
  Array.from({ length }, (_, index) => ({
    id: ids ? ids[index] : `${list}-${first + index}`,
    name: `Team ${first + index}`,
    first_name: 'Ada',
    email: `a${first + index}@example.com`,
    created_at: new Date(Date.UTC(2026, 0, 1) - (first + index) * MINUTE_MS).toISOString(),
  }))

/** The failures of an answer: path and code. */
export const faultsOf = ({ errors }: Pick<Answer<unknown>, 'errors'>) =>
  errors?.map(({ path, extensions: { code } }) => [path?.join('.'), code])
