// Writes all projects with sold designs into a file, one line each, with spare calls only, and goes on where it was killed.
import { appendFileSync, existsSync, readFileSync, realpathSync, truncateSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createAsking } from 'aurora-graphql-client/asking'
import type { Answer, Connection } from 'aurora-graphql-client/transport'
import { createDevice } from 'aurora-graphql-client/device'
import type { Device } from 'aurora-graphql-client/device'
import { limitedOf } from 'aurora-graphql-client/limited'
import type { AnswerError } from 'aurora-graphql-client/limited'

const PAGE = `
  query PageOfSync($after: String) {
    projects(first: 10, after: $after) {
      nodes {
        id
        name
        designs {
          id
          name
          milestone {
            milestone
          }
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`

interface Design {
  readonly id: string
  readonly milestone: { readonly milestone: string | null } | null
}

interface Page {
  readonly nodes: readonly { readonly id: string; readonly designs: readonly Design[] | null }[]
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean }
}

/** The end of each page that was written whole. */
interface Mark {
  readonly cursor: string | null
  readonly isLast: boolean
}

export interface SyncOptions extends Connection {
  readonly path: string
  readonly device?: Device
}

const AFTER_FAILURE_MS = 30_000

/** Resolves with the number of pages that this run has read, when the file is complete. */
export async function sync({
  path,
  device = createDevice(),
  headers,
  ...connection
}: SyncOptions): Promise<number> {
  const given = typeof headers === 'function' ? await headers() : headers
  const asking = createAsking({ ...connection, headers: { ...given, priority: 'u=7' } }, { device })
  const ask = (after: string | null): Promise<Answer> =>
    new Promise((resolve, reject) => {
      let last: Answer = {}
      asking.query(
        { query: PAGE, variables: { after } },
        { onAnswer: (answer) => void (last = answer), onError: reject, onEnd: () => resolve(last) },
      )
    })
  let pages = 0
  for (let mark = resume(path); !mark?.isLast;) {
    const { data, errors = [] } = await ask(mark?.cursor ?? null).catch((error: unknown) => failed(error))
    const page = (data as { readonly projects: Page | null } | null | undefined)?.projects
    // A field that was refused, or that Aurora did not answer, is no empty list: the page is asked for again.
    const lasting = errors.find((error) => !limitedOf([error]) && !isOfAurora(error))
    if (lasting) throw new Error(describe(lasting))
    if (!page || errors.length > 0) {
      await new Promise<void>((resolve) => void device.after(AFTER_FAILURE_MS, resolve))
      continue
    }
    mark = { cursor: page.pageInfo.endCursor, isLast: !page.pageInfo.hasNextPage }
    const rows = page.nodes.filter(({ designs }) =>
      designs?.some(({ milestone }) => milestone?.milestone === 'SOLD'),
    )
    appendFileSync(path, [...rows, { mark }].map((row) => `${JSON.stringify(row)}\n`).join(''), {
      flush: true,
    })
    pages += 1
  }
  return pages
}

/** A network that is away comes back: it counts like an Aurora that does not answer. */
const failed = (error: unknown): Answer => ({
  errors: [{ message: String(error), extensions: { code: 'UPSTREAM_UNAVAILABLE' } }],
})

const isOfAurora = ({ extensions }: AnswerError): boolean =>
  String(extensions?.['code']).startsWith('UPSTREAM_')

/** What no repeat can change. */
const describe = ({ extensions, path = [], message = '' }: AnswerError): string =>
  `${typeof extensions?.['code'] === 'string' ? extensions['code'] : 'ERROR'} at ${path.join('.') || 'the request'}: ${message}`

/** Cuts off what was written after the last mark: the page of a process that was killed while it wrote. */
function resume(path: string): Mark | null {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const lines = text.split(/(?<=\n)/)
  const last = lines.findLastIndex((line) => line.startsWith('{"mark":') && line.endsWith('\n'))
  if (text && last < 0) throw new Error(`${path} is no file of a sync: it has no mark. Nothing was changed.`)
  if (text) truncateSync(path, Buffer.byteLength(lines.slice(0, last + 1).join('')))
  return last < 0 ? null : (JSON.parse(lines[last] ?? '') as { readonly mark: Mark }).mark
}

const [, started = '', url = 'http://127.0.0.1:4000/graphql', path = 'sold.jsonl'] = process.argv
if (existsSync(started) && realpathSync(started) === fileURLToPath(import.meta.url)) {
  // oxlint-disable-next-line node/no-process-env
  const key = process.env['SYNC_KEY']
  await sync({ url, path, ...(key && { headers: { 'x-api-key': key } }) })
  process.stdout.write('complete\n')
}
