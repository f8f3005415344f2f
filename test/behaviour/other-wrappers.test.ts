// Most wrappers of the contract are inferred: Aurora may answer with the object or the list alone, or under another name.
import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { askFixedAurora } from '../support/fixed-aurora.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import { listenLocally } from '../support/local-server.ts'

it('an object is found by its id, alone or under another name', async () => {
  await using aurora = await askFixedAurora({
    'GET /components/modules/m1': { component: { id: 'm1', name: 'Lumenor 405' } },
    'GET /orders/7': { id: 7, status: 'released' },
    'GET /ahjs/a1': { authority: { id: 'a2', name: 'Another city' } },
    'GET /projects/p1/bill_summary': { project_id: 'p1', annual: 1200 },
  })

  const { data, errors } = await aurora.ask(`{
    module(id: "m1") { auroraId name }
    order(id: "7") { auroraId status }
    ahj(id: "a1") { name }
    node(id: "ProjectBillSummary:p1") { ... on ProjectBillSummary { raw } }
  }`)

  expect(data).toEqual({
    module: { auroraId: 'm1', name: 'Lumenor 405' },
    order: { auroraId: '7', status: 'released' },
    ahj: null,
    node: { raw: { project_id: 'p1', annual: 1200 } },
  })
  expect(errors?.map(({ path, extensions }) => [path, extensions.code])).toEqual([
    [['ahj'], 'UPSTREAM_INVALID'],
  ])
})

const ALL = Array.from({ length: 270 }, (_, at) => ({ id: `m${1000 + at}`, name: `Module ${1000 + at}` }))

const FORMS: Readonly<Record<string, (items: readonly object[], total: number, pages: number) => unknown>> = {
  'as the body itself': (items) => items,
  'under another name': (items, total, pages) => ({ items, total, meta: { total_pages: pages } }),
}

describe.each(Object.entries(FORMS))('a list that comes %s', (_how, toBody) => {
  it.each([0, 1, 20, 250, 270])('of %i items is shown whole', async (length) => {
    let calls = 0
    const server = createServer(({ url }, response) => {
      calls += 1
      const { searchParams } = new URL(url ?? '', 'http://aurora.test')
      const size = Number(searchParams.get('per_page') ?? 100)
      const from = (Number(searchParams.get('page') ?? 1) - 1) * size
      const page = ALL.slice(0, length).slice(from, from + size)
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(length === 0 ? [] : toBody(page, length, Math.ceil(length / size))))
    })
    const local = await listenLocally(server)
    try {
      await using gateway = await createTestGateway({ baseUrl: local.url })

      const { data, errors, extensions } = await gateway.ask<{
        first: { nodes: readonly { auroraId: string }[] }
        second: { totalCount: number; nodes: readonly { auroraId: string }[] }
      }>(`{
        first: modules(first: 200) { nodes { auroraId } }
        second: modules(last: 200) { totalCount nodes { auroraId } }
      }`)

      expect(errors).toBe(undefined)
      const ids = ALL.slice(0, length).map(({ id }) => id)
      expect(data?.first.nodes.map(({ auroraId }) => auroraId)).toEqual(ids.slice(0, 200))
      expect(data?.second.nodes.map(({ auroraId }) => auroraId)).toEqual(ids.slice(-200))
      expect(data?.second.totalCount).toBe(length)
      expect(extensions.upstream.calls).toBe(calls)
    } finally {
      await local[Symbol.asyncDispose]()
    }
  })
})
