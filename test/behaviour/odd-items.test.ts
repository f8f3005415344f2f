// One item of a list cannot be read: all others are there, on its page and on later ones.
import { createServer } from 'node:http'
import { expect, it } from 'vitest'
import { listenLocally } from '../support/local-server.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { Answer } from '../support/test-gateway.ts'

const PAGE_SIZE = 10

it.each([0, 4, 9, 10, 19])(
  'number %i of 25 has no id: the other 24 come, however they are paged',
  async (odd) => {
    const projects = Array.from({ length: 25 }, (_, index) => ({
      id: index === odd ? null : `p-${index}`,
      created_at: `2026-03-04 17:${String(59 - index).padStart(2, '0')}:00 UTC`,
    }))
    const aurora = createServer((request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://aurora.test')
      const start = (Number(searchParams.get('page')) - 1) * PAGE_SIZE
      response.end(JSON.stringify({ projects: projects.slice(start, start + PAGE_SIZE) }))
    })
    await using local = await listenLocally(aurora)
    await using gateway = await createTestGateway({ baseUrl: local.url, config: { pageSize: PAGE_SIZE } })
    const expected = projects.flatMap(({ id }) => id ?? [])
    for (const first of [3, 7, 10, 25]) expect(await readAll(gateway.ask, first)).toEqual(expected)
  },
)

interface Slice {
  readonly nodes: readonly { readonly auroraId: string }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

type Ask = Awaited<ReturnType<typeof createTestGateway>>['ask']

async function readAll(ask: Ask, first: number): Promise<string[]> {
  const ids: string[] = []
  const query = `query ($first: Int, $after: String) {
    projects(first: $first, after: $after) { nodes { auroraId } pageInfo { hasNextPage endCursor } }
  }`
  let after: string | null = null
  do {
    const answer: Answer<{ projects: Slice }> = await ask(query, { first, after })
    const slice = answer.data?.projects
    ids.push(...(slice?.nodes.map(({ auroraId }) => auroraId) ?? []))
    after = slice?.pageInfo.hasNextPage ? slice.pageInfo.endCursor : null
  } while (after !== null && ids.length < 100)
  return ids
}
