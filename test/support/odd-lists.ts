// An Aurora of odd lists: it answers every list of the catalogue with one made-up list, whose rows are cut, hidden and repeated by a plan.
import { createServer } from 'node:http'
import { ALL_READS } from '../../src/aurora/reads.ts'
import type { ReadEndpoint } from '../../src/aurora/reads.ts'
import { listenLocally } from './local-server.ts'
import type { LocalServer } from './local-server.ts'

export interface OddList {
  /** Ids in the order of the list; an id may stand there several times. */
  readonly ids: readonly string[]
  /** What Aurora writes as the time of the item at this place; undefined leaves it out. */
  readonly timeOf?: (index: number) => unknown
  /** The most rows of a page, whatever size a request names, and also where it names none. */
  readonly cap?: number
  /** Places of rows that are left out after pages were cut. */
  readonly hidden?: ReadonlySet<number>
  readonly ignoresPage?: boolean
  /** A page behind the last one is answered with the last one. */
  readonly clampsPage?: boolean
}

export interface OddLists extends LocalServer {
  /** Pages asked for, as `projects 2`. */
  readonly calls: string[]
  set(list: OddList): void
}

export async function openOddLists(): Promise<OddLists> {
  const calls: string[] = []
  let list: OddList = { ids: [] }
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://aurora.test')
    const endpoint = ALL_READS.find(({ route }) => patternOf(route).test(pathname))
    response.setHeader('content-type', 'application/json')
    if (endpoint?.answers !== 'list') {
      const value = { id: pathname.split('/').at(-1) }
      response.end(JSON.stringify(endpoint?.wrapper ? { [endpoint.wrapper]: value } : value))
      return
    }
    const page = searchParams.get('page')
    calls.push([pathname.split('/').at(-1), page].filter((part) => part !== null).join(' '))
    const rows = pageOf(list, Number(page ?? 1), Number(searchParams.get('per_page') ?? Infinity))
    response.end(JSON.stringify({ [endpoint.wrapper ?? '']: rows }))
  })
  return {
    ...(await listenLocally(server)),
    calls,
    set(next) {
      list = next
      calls.length = 0
    },
  }
}

const patternOf = (route: ReadEndpoint['route']): RegExp =>
  new RegExp(`^${route.replace(/\{\w+\}/g, '[^/]+')}$`)

function pageOf(
  { ids, timeOf, cap = Infinity, hidden, ignoresPage, clampsPage }: OddList,
  page: number,
  perPage: number,
) {
  const rows = ids.map((id, index) => ({ id, created_at: timeOf?.(index), index }))
  const size = Math.min(cap, perPage)
  const last = Math.max(1, Math.ceil(rows.length / size))
  const at = clampsPage ? Math.min(page, last) : page
  const start = at === 1 ? 0 : (at - 1) * size
  const asked = ignoresPage ? rows : rows.slice(start, start + size)
  return asked.filter(({ index }) => !hidden?.has(index)).map(({ id, created_at }) => ({ id, created_at }))
}
