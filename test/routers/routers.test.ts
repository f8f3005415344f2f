// The gateway behind real routers: composers take its SDL; what clients get of its data, errors and times, and what it costs, is in the
// table of docs/federation.md.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createTestGateway } from '../support/test-gateway.ts'
import type { TestGateway } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'
import { COMPOSERS, readSdl } from './compose.ts'
import type { Subgraph } from './compose.ts'
import { ROUTERS } from './open-routers.ts'
import type { RouterAnswer } from './open-routers.ts'
import { NOTES_SDL, openNotes, RELAY_SDL } from './toy-subgraphs.ts'

const KEY = 'key-of-the-router'
const SETTINGS = {
  subgraph: { version: '2.9', hidesAdmin: false },
  callerAuth: 'keys',
  gatewayKeys: [
    { name: 'router', sha256: createHash('sha256').update(KEY).digest('hex'), isReadOnly: false },
  ],
  rateLimit: 60,
  // So long that no slot comes back during the test, however busy the machine is.
  rateWindowMs: 3_600_000,
  maxWaitMs: 0,
} as const

const openGateway = (): Promise<TestGateway> =>
  createTestGateway({
    config: SETTINGS,
    simulator: { forbidden: ['retrieveDesignPricing', 'deleteProject'] },
    credentials: { 'x-api-key': KEY },
  })

/** What the simulator has of its newest project. */
const FIRST = { name: 'Gonzalez residence' }

const MISSING = '00000000-0000-4000-8000-000000000000'

interface Scene {
  readonly what: string
  readonly query: string
  /** The projects that the other subgraph has notes about, by their places in the list; null: one that does not exist. */
  readonly notesOn?: readonly (number | null)[]
  readonly key?: string
}

/** In this order, as the calls of a scene depend on what those before have brought into the cache. */
const scenesFor = (id: string): readonly Scene[] => [
  {
    what: 'a list of ours, with fields of theirs',
    query: '{ projects(first: 2) { nodes { name remarks } } }',
  },
  {
    what: '20 projects that they refer to, with their designs',
    query: '{ notes { project { name designs { name } } } }',
    notesOn: Array.from({ length: 20 }, (_, index) => 20 + index),
  },
  {
    what: 'one of four references leads nowhere',
    query: '{ notes { project { name status } } }',
    notesOn: [0, null, 2, 0],
  },
  {
    what: 'the key may not read prices (403 of Aurora), below references',
    query: '{ notes { project { designs { pricing { systemPrice } } } } }',
    notesOn: [20, 21, 20],
  },
  {
    what: 'one field of the second of three references may not be read',
    query: '{ notes { project { designs { name } } } }',
    notesOn: [50, 51, 52],
  },
  {
    what: 'a mutation',
    query: `mutation { updateProject(id: "${id}", input: { name: "N" }) { project { name remarks } errors { code } } }`,
  },
  {
    what: 'a mutation that Aurora refuses (403)',
    query: `mutation { deleteProject(id: "${id}") { deletedProjectId errors { code } } }`,
  },
  {
    what: 'two fields of the root, one of which fails',
    query: `{ a: project(id: "${MISSING}") { name } tenant { id } }`,
  },
  { what: 'a wrong id', query: '{ project(id: "User:x") { name } }' },
  {
    what: 'more than the budget has left',
    query: '{ projects(first: 40) { nodes { designs { summary { systemSizeStc } } } } }',
  },
  {
    what: 'references, when nothing is left',
    query: '{ notes { project { name } } }',
    notesOn: [300, 301, 302],
  },
  {
    what: 'a router with a wrong key (401)',
    query: '{ projects(first: 1) { nodes { name } } }',
    key: 'wrong',
  },
]

/** Errors of one code and of one place are one, with their number; ` + time` if each has `retryAt`. */
function summarize({ errors = [] }: RouterAnswer): string {
  const counts = new Map<string, number>()
  for (const { path, extensions = {} } of errors) {
    const place = path?.map((step) => (typeof step === 'number' ? '#' : step)).join('.')
    const time = extensions['retryAt'] === undefined ? '' : ' + time'
    const line = `\`${String(extensions['code'])}\`${time}, ${place === undefined ? 'no path' : `\`${place}\``}`
    counts.set(line, (counts.get(line) ?? 0) + 1)
  }
  return [...counts].map(([line, count]) => `${count} × ${line}`).join('; ') || 'none'
}

/** Whether the place of each error, where it has one, is null in the data, or has nothing but nulls. */
function pointsAtNulls({ data, errors = [] }: RouterAnswer): boolean {
  const nulls = nullsIn(data, [])
  const paths = errors.flatMap(({ path }) => path?.join('.') ?? [])
  return paths.every((path) => nulls.some((place) => place === path || place.startsWith(`${path}.`)))
}

const nullsIn = (value: unknown, path: readonly string[]): string[] => {
  if (value === null) return [path.join('.')]
  if (typeof value !== 'object') return []
  return Object.entries(value).flatMap(([name, inner]) => nullsIn(inner, [...path, name]))
}

const countOf = (calls: readonly string[]): number =>
  calls.reduce((sum, line) => sum + Number(line.split(' ')[0]), 0)

const COLUMNS = { apollo: 2, hive: 3 } as const

/** What the table of the page says of a router, by scene. */
function tableOf(router: keyof typeof COLUMNS): Map<string, readonly [calls: string, errors: string]> {
  const page = readFileSync(new URL('../../docs/federation.md', import.meta.url), 'utf8')
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  return new Map(rows.map((cells) => [cells[0] ?? '', [cells[1] ?? '', cells[COLUMNS[router]] ?? '']]))
}

describe.each(['apollo', 'hive'] as const)('behind %s', (name) => {
  it('clients get data, codes, times and paths as docs/federation.md says, for the calls that it says', async () => {
    await using notes = await openNotes()
    await using gateway = await openGateway()
    await using server = await serveOnLoopback(gateway)
    const headers = { 'x-api-key': KEY }
    const urls = { auroraUrl: `${server.url}/graphql`, notesUrl: notes.url }
    await using router = await ROUTERS[name]({ ...urls, headers })
    const ids = gateway.simulator.data.projects.map(({ id }) => id)
    gateway.simulator.faults.set(new RegExp(`/projects/${ids[51]}/designs$`), { status: 403 })
    const said = tableOf(name)
    const seen: string[][] = []
    const answers = new Map<string, RouterAnswer>()
    const scenes = scenesFor(ids[0] ?? '')
    for (const { what, query, notesOn = [], key = KEY } of scenes) {
      notes.projectIds = notesOn.map((place) => (place === null ? MISSING : (ids[place] ?? '')))
      headers['x-api-key'] = key
      const answer = await router.ask(query)
      answers.set(what, answer)
      const wrong = pointsAtNulls(answer) ? '' : ', of another row'
      seen.push([what, String(countOf(gateway.takeCalls())), summarize(answer) + wrong])
    }
    expect(seen).toEqual(scenes.map(({ what }) => [what, ...(said.get(what) ?? ['not in the table'])]))
    const [first, second] = gateway.simulator.data.projects
    const shown = (index: number): unknown => answers.get(scenes[index]?.what ?? '')?.data
    expect(shown(0)).toMatchObject({
      projects: { nodes: [{ remarks: [`of ${first?.id}`] }, { remarks: [`of ${second?.id}`] }] },
    })
    expect(shown(2)).toMatchObject({
      notes: [{ project: FIRST }, { project: { name: null, status: null } }, {}, { project: FIRST }],
    })
    expect(shown(5)).toMatchObject({
      updateProject: { project: { name: 'N', remarks: [`of ${first?.id}`] }, errors: [] },
    })
    expect(shown(6)).toMatchObject({ deleteProject: { errors: [{ code: 'FORBIDDEN' }] } })
  })
})

it('20 projects cost no more through a router than by our own schema', async () => {
  await using gateway = await openGateway()
  await gateway.ask('{ projects(first: 2) { nodes { name } } }')
  gateway.takeCalls()
  const ids = gateway.simulator.data.projects.slice(20, 40).map(({ id }) => `Project:${id}`)
  const { errors } = await gateway.ask(
    'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Project { name designs { name } } } }',
    { ids },
  )
  expect(errors).toBeUndefined()
  const calls = countOf(gateway.takeCalls())
  for (const router of ['apollo', 'hive'] as const) {
    const [said] = tableOf(router).get('20 projects that they refer to, with their designs') ?? []
    expect(Number(said)).toBeLessThanOrEqual(calls)
  }
})

const subgraph = (name: string, sdl: string): Subgraph => ({ name, url: `http://${name}.test/graphql`, sdl })

const RELAY = subgraph('relay', RELAY_SDL)
const NOTES = subgraph('notes', NOTES_SDL)

/** Version 2.9 beside the notes is what both routers are started with. */
describe('schema/', () => {
  it.each([
    ['subgraph', 'apollo', 'alone', []],
    ['subgraph', 'apollo', 'beside both', [RELAY, NOTES]],
    ['subgraph-2.9', 'guild', 'alone', []],
    ['subgraph-2.9', 'guild', 'beside both', [RELAY, NOTES]],
  ] as const)('%s.graphql is composed by %s, %s, without errors and hints', (name, composer, _, others) => {
    const { errors, hints, supergraph } = COMPOSERS[composer]([subgraph('aurora', readSdl(name)), ...others])
    expect([...errors, ...hints]).toEqual([])
    expect(supergraph).toContain('type Project implements Node')
  })

  it('subgraph.graphql is refused by The Guild’s composer, which knows no version after 2.9', () => {
    const { errors } = COMPOSERS.guild([subgraph('aurora', readSdl('subgraph'))])
    expect(errors.join()).toContain('Invalid version v2.12')
  })
})
