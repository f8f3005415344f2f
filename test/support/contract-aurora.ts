// An Aurora that answers every read of the contract: each id has an object, which is the same wherever it is shown.
import { createServer } from 'node:http'
import { readMembers } from '../../schema/read-contract.ts'
import { ALL_READS } from '../../src/aurora/reads.ts'
import type { ReadEndpoint } from '../../src/aurora/reads.ts'
import { createContractValues } from './contract-values.ts'
import type { ContractValues, Members } from './contract-values.ts'
import { listenLocally } from './local-server.ts'

export interface ContractAurora extends AsyncDisposable {
  readonly url: string
  readonly calls: string[]
  /** Other objects from now on. */
  setSeed(seed: string): void
  /** What the read answers, without its wrapper; that of an item where it answers a list. */
  membersOf(read: ReadEndpoint, id: string): Members
  /** The moment that a text of an answer means. */
  momentOf(text: string): string | undefined
}

/** Ids of the items of every list. */
export const LISTED = ['1', '2', '3'] as const

/** Everything that is found below another object is below this one. */
export const PARENT = '9'

const ROUTES = ALL_READS.map((read) => ({
  read,
  pattern: new RegExp(`^${read.route.replace(/\{\w+\}/g, '([^/]+)')}$`),
}))

export async function openContractAurora(): Promise<ContractAurora> {
  const calls: string[] = []
  let values = createContractValues('')
  const server = createServer((request, response) => {
    calls.push(`${request.method} ${request.url}`)
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://aurora.test')
    const found = ROUTES.find(({ pattern }) => pattern.test(pathname))
    response.setHeader('content-type', 'application/json')
    if (!found) return response.writeHead(404).end('{"errors":[]}')
    const [, _tenant, ...ids] = found.pattern.exec(pathname) ?? []
    const id = searchParams.get(found.read.idQuery ?? '') ?? ids.at(-1) ?? ''
    return response.end(JSON.stringify(bodyOf(found.read, id, { values, page: searchParams.get('page') })))
  })
  const local = await listenLocally(server)
  return {
    url: local.url,
    calls,
    setSeed(seed) {
      values = createContractValues(seed)
      calls.length = 0
    },
    membersOf: (read, id) => membersOf(read, id, values),
    momentOf: (text) => values.momentOf.get(text),
    async [Symbol.asyncDispose]() {
      await local[Symbol.asyncDispose]()
    },
  }
}

/** The summary repeats members of its design. */
const placeOf = ({ kind }: ReadEndpoint, id: string): string =>
  `${kind === 'designSummary' ? 'design' : kind} ${id}`

function membersOf(read: ReadEndpoint, id: string, values: ContractValues): Members {
  const { idMember, idQuery, parameters } = read
  const place = placeOf(read, id)
  const sent = /^\d+$/.test(id) && values.chance(`${place} as number`) < 0.5 ? Number(id) : id
  const isBelow = idQuery !== undefined || parameters.length > 1
  const own = {
    ...(isBelow && { [parameters[0] ?? '']: PARENT }),
    ...(idMember !== undefined && { [idMember]: sent }),
  }
  return values.object(readMembers(read), place, own)
}

/** With its wrapper, under another name, or alone: all of these are valid where the id shows the kind of the object. */
function bodyOf(
  read: ReadEndpoint,
  id: string,
  { values, page }: { values: ContractValues; page: string | null },
): unknown {
  const { wrapper, answers, idMember, operation } = read
  const ids = page === null || page === '1' ? LISTED : []
  const inner =
    answers === 'list' ? ids.map((each) => membersOf(read, each, values)) : membersOf(read, id, values)
  const form = idMember === undefined ? 0 : values.chance(`${operation} form`)
  if (wrapper === null || form > 0.85) return inner
  return form > 0.7 ? { result: inner, next: null, total: 3 } : { [wrapper]: inner }
}
