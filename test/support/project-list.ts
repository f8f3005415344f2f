// An Aurora with one list of projects that a test changes: pages, single projects, and writes to them; keys may see a part.
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { listenLocally } from './local-server.ts'
import type { LocalServer } from './local-server.ts'

export type ListedProject = { readonly id: string } & Readonly<Record<string, unknown>>

export interface ProjectList extends LocalServer {
  /** Newest first. */
  projects: ListedProject[]
  /** As `GET 2` for a page of the list, `GET p1` for a project. */
  readonly calls: string[]
  takeCalls(): string[]
  /** Called with each call before it is answered. */
  onCall: (call: string) => void | Promise<void>
  /** A call that Aurora answers with `failingStatus`: 500, unless a test says otherwise. */
  failing: string | null
  failingStatus: number
  /** The status of an answer for a page behind the last one. */
  behindEnd: number
  /** Whether a key may see the project. */
  isSeen: (token: string, project: ListedProject) => boolean
}

export async function openProjectList(projects: readonly ListedProject[]): Promise<ProjectList> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://aurora.test')
    const id = /\/projects\/([^/]+)$/.exec(pathname)?.[1]
    const call = `${request.method} ${id ?? searchParams.get('page') ?? '1'}`
    const token = String(request.headers.authorization).replace(/^Bearer /, '')
    const answer = async (): Promise<void> => {
      const body = await readBody(request)
      list.calls.push(call)
      await list.onCall(call)
      const [status, value] =
        call === list.failing
          ? [list.failingStatus, {}]
          : id
            ? ofProject(list, { id, method: request.method, body, token })
            : ofPage(list, pageOf(list, token, searchParams))
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    }
    answer().catch(() => response.destroy())
  })
  const list: ProjectList = {
    ...(await listenLocally(server)),
    projects: [...projects],
    calls: [],
    takeCalls: () => list.calls.splice(0),
    onCall: () => {},
    failing: null,
    failingStatus: 500,
    behindEnd: 200,
    isSeen: () => true,
  }
  return list
}

const ofPage = ({ behindEnd }: ProjectList, projects: readonly ListedProject[]): [number, unknown] =>
  projects.length === 0 && behindEnd !== 200 ? [behindEnd, { errors: [] }] : [200, { projects }]

function pageOf(list: ProjectList, token: string, query: URLSearchParams): ListedProject[] {
  const size = Number(query.get('per_page') ?? 100)
  const start = (Number(query.get('page') ?? 1) - 1) * size
  return list.projects.filter((project) => list.isSeen(token, project)).slice(start, start + size)
}

interface OneProject {
  readonly id: string
  readonly method: string | undefined
  readonly body: string
  readonly token: string
}

function ofProject(list: ProjectList, { id, method, body, token }: OneProject): [number, unknown] {
  const known = list.projects.find((project) => project.id === id && list.isSeen(token, project))
  if (!known) return [404, { errors: [] }]
  if (method === 'DELETE') {
    list.projects = list.projects.filter((project) => project !== known)
    return [200, {}]
  }
  if (method !== 'PUT') return [200, { project: known }]
  const { project } = JSON.parse(body) as { project: object }
  const changed = { ...known, ...project }
  list.projects = list.projects.map((each) => (each === known ? changed : each))
  return [200, { project: changed }]
}

async function readBody(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString('utf8')
}

const STATUSES = ['In Progress', 'Sold', 'Lost']

/** The nth project of a company, from 0; the last one is the newest. */
export const buildListed = (nth: number, members: object = {}): ListedProject => ({
  id: `p${nth}`,
  external_provider_id: `CRM-${nth}`,
  name: `Customer ${nth}`,
  status: STATUSES[nth % 3],
  project_type: 'residential',
  tags: nth % 2 === 0 ? ['north', 'vip'] : ['south'],
  customer_first_name: nth % 5 === 0 ? 'Zoë' : 'Sam',
  customer_last_name: `Müller${nth}`,
  customer_email: null,
  mailing_address: null,
  location: { property_address: `${nth} Way Street, Auckland` },
  owner_id: `u${nth % 4}`,
  team_id: null,
  partner_id: null,
  created_at: new Date(Date.UTC(2026, 0, 1, 0, nth)).toISOString(),
  ...members,
})

export const buildList = (count: number): ListedProject[] =>
  Array.from({ length: count }, (_, index) => buildListed(count - 1 - index))
