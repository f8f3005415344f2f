// A client that keeps a copy of the list by changes(since), against the list itself, over random histories.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { examplesOf } from '../support/examples.ts'
import type { ManualClock } from '../support/manual-clock.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { buildList, buildListed, openProjectList } from '../support/project-list.ts'
import type { ProjectList } from '../support/project-list.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { Answer, TestGateway } from '../support/test-gateway.ts'

/** Beyond the time in which a stale page is served. */
const PAST_STALE_MS = 16 * 60_000

const SECRET = 'the-secret-of-the-list'
const WEBHOOKS = { keys: [SECRET], ofTenants: [], keyHeader: 'x-webhook-key', settleMs: 5000 }

type Step =
  | { readonly is: 'made' | 'deleted' | 'changed' | 'written' | 'removed'; readonly at: number }
  /** Aurora's webhook about a project arrives; without this step it is lost. */
  | { readonly is: 'reported'; readonly at: number }
  | { readonly is: 'aged' }
  /** Somebody reads the first page alone. */
  | { readonly is: 'scrolled' | 'restarted'; readonly process: number }
  /** The client asks one of the processes, for so many changes at a time. */
  | { readonly is: 'synced'; readonly process: number; readonly first: number }
  /** Something happens when this page is read next. */
  | { readonly is: 'moving'; readonly page: number; readonly what: 'made' | 'deleted' }

const at = fc.nat(40)
const process = fc.nat(1)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ is: fc.constantFrom('made', 'deleted', 'changed', 'written', 'removed'), at }),
  },
  fc.record({ is: fc.constant('reported'), at }),
  { weight: 2, arbitrary: fc.record({ is: fc.constant('aged') }) },
  fc.record({ is: fc.constantFrom('scrolled', 'restarted'), process }),
  {
    weight: 4,
    arbitrary: fc.record({ is: fc.constant('synced'), process, first: fc.integer({ min: 1, max: 5 }) }),
  },
  fc.record({
    is: fc.constant('moving'),
    page: fc.integer({ min: 1, max: 4 }),
    what: fc.constantFrom('made', 'deleted'),
  }),
)

interface Project {
  readonly auroraId: string
  readonly name: string
  readonly status: string
}

interface Changes {
  readonly cursor: string
  readonly isReset: boolean
  readonly created: readonly Project[]
  readonly changed: readonly Project[]
  readonly deleted: readonly string[]
  readonly hasMore: boolean
  readonly isComplete: boolean
}

const PROJECT = 'auroraId name status'

/** A phone. It stores the cursor behind what it got, and begins anew where it is told to. */
class Client {
  readonly copy = new Map<string, Project>()
  #since: string | null = null

  /** Returns the answer after which nothing more was to be got. */
  async sync(gateway: TestGateway, first: number): Promise<Changes> {
    for (;;) {
      const { data, errors } = await gateway.ask<{ changes: Changes }>(
        `query ($since: String, $first: Int) { changes(since: $since, first: $first) {
          cursor isReset created { ${PROJECT} } changed { ${PROJECT} } deleted hasMore isComplete
        } }`,
        { since: this.#since, first },
      )
      expect(errors).toBeUndefined()
      const changes = data?.changes
      if (!changes) throw new Error('no answer')
      if (changes.isReset) {
        this.copy.clear()
        for (const project of await readAll(gateway)) this.copy.set(project.auroraId, project)
      }
      for (const project of [...changes.created, ...changes.changed]) this.copy.set(project.auroraId, project)
      for (const id of changes.deleted) this.copy.delete(id.replace('Project:', ''))
      this.#since = changes.cursor
      if (!changes.hasMore && !changes.isReset) return changes
    }
  }
}

async function readAll(gateway: TestGateway): Promise<readonly Project[]> {
  const all = new Map<string, Project>()
  for (let after: string | null = null; ;) {
    const {
      data,
      errors,
    }: Answer<{
      projects: { nodes: Project[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } }
    }> = await gateway.ask(
      `query ($after: String) { projects(first: 7, after: $after, sort: { by: NAME }) {
        nodes { ${PROJECT} } pageInfo { hasNextPage endCursor }
      } }`,
      { after },
    )
    expect(errors).toBeUndefined()
    for (const project of data?.projects.nodes ?? []) all.set(project.auroraId, project)
    after = data?.projects.pageInfo.endCursor ?? null
    if (!data?.projects.pageInfo.hasNextPage) return [...all.values()]
  }
}

const toShown = ({ id, name, status }: ProjectList['projects'][number]): Project => ({
  auroraId: id,
  name: String(name),
  status: String(status),
})

const sorted = (projects: Iterable<Project>): readonly Project[] =>
  [...projects].toSorted((one, other) => (one.auroraId < other.auroraId ? -1 : 1))

interface World {
  readonly aurora: ProjectList
  readonly clock: ManualClock
  /** Processes that share nothing. */
  readonly gateways: TestGateway[]
  made: number
}

const gatewayOf = ({ gateways }: World, process: number): TestGateway => {
  const gateway = gateways[process]
  if (!gateway) throw new Error(`there is no process ${process}`)
  return gateway
}

const open = ({ aurora, clock }: Pick<World, 'aurora' | 'clock'>): Promise<TestGateway> =>
  createTestGateway({ baseUrl: aurora.url, clock, config: { pageSize: 6, webhooks: WEBHOOKS } })

const make = (world: World): void => void world.aurora.projects.unshift(buildListed(world.made++))

const remove = ({ aurora }: World, nth: number): void =>
  void (aurora.projects = aurora.projects.toSpliced(nth % Math.max(1, aurora.projects.length), 1))

async function act(world: World, each: Exclude<Step, { is: 'synced' }>): Promise<void> {
  const { aurora, clock, gateways } = world
  const [first] = gateways
  const placeOf = (nth: number): number => nth % Math.max(1, aurora.projects.length)
  const idAt = (nth: number): string => aurora.projects[placeOf(nth)]?.id ?? 'none'
  switch (each.is) {
    case 'made':
      return make(world)
    case 'deleted':
      return remove(world, each.at)
    case 'changed': {
      const project = aurora.projects[placeOf(each.at)]
      if (project) aurora.projects[placeOf(each.at)] = { ...project, name: `new ${each.at}` }
      return
    }
    case 'written':
      await first?.ask(
        `mutation { updateProject(id: "${idAt(each.at)}", input: { status: "Lost" }) { __typename } }`,
      )
      return
    case 'removed':
      await first?.ask(`mutation { deleteProject(id: "${idAt(each.at)}") { __typename } }`)
      return
    case 'reported':
      for (const { gateway } of gateways)
        await gateway.receiveWebhook({
          tenant: null,
          event: 'project_changed',
          query: new URLSearchParams({ PROJECT_ID: idAt(each.at) }),
          fields: new Headers({ 'x-webhook-key': SECRET }),
          method: 'GET',
        })
      return
    case 'aged':
      return clock.advance(PAST_STALE_MS)
    case 'scrolled':
      await gatewayOf(world, each.process).ask('{ projects(first: 3) { nodes { id } } }')
      return
    case 'restarted':
      await gatewayOf(world, each.process)[Symbol.asyncDispose]()
      gateways[each.process] = await open(world)
      return
    case 'moving':
      aurora.onCall = (call) => {
        if (call !== `GET ${each.page}`) return
        aurora.onCall = () => {}
        if (each.what === 'made') make(world)
        else remove(world, 0)
      }
  }
}

it('has what a full read shows whenever the list was complete, whichever process it asks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(20),
      fc.integer({ min: 1, max: 2 }),
      fc.array(step, { minLength: 4, maxLength: 24 }),
      async (count, processes, steps) => {
        await using aurora = await openProjectList(buildList(count))
        const clock = createManualClock()
        const gateways: TestGateway[] = []
        for (let nth = 0; nth < processes; nth += 1) gateways.push(await open({ aurora, clock }))
        const world: World = { aurora, clock, gateways, made: count }
        const client = new Client()
        try {
          for (const given of steps) {
            const each = 'process' in given ? { ...given, process: given.process % processes } : given
            if (each.is !== 'synced') await act(world, each)
            else {
              const gateway = gatewayOf(world, each.process)
              if ((await client.sync(gateway, each.first)).isComplete)
                expect(sorted(client.copy.values())).toEqual(sorted(await readAll(gateway)))
            }
          }
          aurora.onCall = () => {}
          for (const round of ['first', 'second'])
            for (const gateway of gateways) {
              await clock.advance(PAST_STALE_MS)
              const { isComplete } = await client.sync(gateway, 100)
              // What is missing at the border of two pages is certain after a second reading.
              if (round === 'second') expect(isComplete).toBe(true)
              if (isComplete)
                expect(sorted(client.copy.values())).toEqual(sorted(aurora.projects.map(toShown)))
            }
        } finally {
          for (const gateway of gateways) await gateway[Symbol.asyncDispose]()
        }
      },
    ),
    { numRuns: examplesOf(3) },
  )
})
