// An Aurora that answers every read of the catalogue by a script, for tests that go through all kinds of objects.
import { createServer } from 'node:http'
import { ALL_READS } from '../../src/aurora/reads.ts'
import type { ReadEndpoint } from '../../src/aurora/reads.ts'
import { listenLocally } from './local-server.ts'

/** `something`: 200 with an object, or a list with one item; `nothing`: 200 with an empty list, or null in place of the object. */
export type Scripted = 'something' | 'nothing' | 404 | 403 | 422 | 429

export interface ScriptedAurora extends AsyncDisposable {
  readonly url: string
  /** Operations since the last call of this function, in the order of their names. */
  takeCalls(): string[]
}

/** `ids` are those of the route besides the tenant's. */
export async function openScriptedAurora(
  script: (read: ReadEndpoint, ids: readonly string[]) => Scripted,
): Promise<ScriptedAurora> {
  let calls: string[] = []
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://aurora.test')
    const [found] = ALL_READS.flatMap((read) => {
      const ids = patternOf(read).exec(pathname)?.slice(1)
      return ids ? [{ read, ids }] : []
    })
    if (!found) return void response.writeHead(500).end()
    calls.push(found.read.operation)
    const scripted = script(found.read, found.ids)
    const status = typeof scripted === 'number' ? scripted : 200
    response.writeHead(status, { 'content-type': 'application/json', ...(status === 429 && RETRY_LATER) })
    response.end(JSON.stringify(bodyOf(found.read, scripted, found.ids)))
  })
  const local = await listenLocally(server)
  return {
    url: local.url,
    takeCalls() {
      const taken = calls.toSorted()
      calls = []
      return taken
    },
    async [Symbol.asyncDispose]() {
      await local[Symbol.asyncDispose]()
    },
  }
}

const RETRY_LATER = { 'retry-after': '60' } as const

const patternOf = ({ route }: ReadEndpoint): RegExp =>
  new RegExp(`^${route.replace('{tenant_id}', '[^/]+').replaceAll(/\{\w+\}/g, '([^/]+)')}$`)

function bodyOf(read: ReadEndpoint, scripted: Scripted, ids: readonly string[]): unknown {
  const { answers, form, wrapper } = read
  if (typeof scripted === 'number') return { errors: [{ message: 'scripted' }] }
  const own = {
    id: form === 'one' ? ids.at(-1) : 'x-1',
    job_id: 'j-1',
    name: 'N',
    status: 'sent',
    download_link: 'x',
  }
  if (answers === 'list') return wrap(wrapper, scripted === 'something' ? [own] : [])
  return wrap(wrapper, scripted === 'something' ? own : null)
}

const wrap = (wrapper: string | null, value: unknown): unknown =>
  wrapper === null ? value : { [wrapper]: value }
