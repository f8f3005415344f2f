// Questions about a whole list against the list itself, over random histories: others change it, we change it, and it grows while it is read.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { examplesOf } from '../support/examples.ts'
import { createManualClock } from '../support/manual-clock.ts'
import type { ManualClock } from '../support/manual-clock.ts'
import { buildList, buildListed, openProjectList } from '../support/project-list.ts'
import type { ListedProject, ProjectList } from '../support/project-list.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { TestGateway } from '../support/test-gateway.ts'
import { serveOnLoopback } from '../support/test-server.ts'

/** Beyond the time in which a stale page is served. */
const PAST_STALE_MS = 16 * 60_000
const SECRET = 'the-secret-of-the-sun'

type Change = 'made' | 'deleted' | 'changed'

type Step =
  | { readonly is: Change | 'written' | 'removed' | 'asked' | 'listed'; readonly at: number }
  | { readonly is: 'aged' }
  /** A project is made when this page is read next. */
  | { readonly is: 'growing'; readonly page: number }

const at = fc.nat(40)

/** Changes a project of the list, and returns its id. */
function change(
  aurora: ProjectList,
  is: Change,
  { at: place, next }: { at: number; next: () => number },
): string {
  const project = aurora.projects[place % Math.max(1, aurora.projects.length)]
  if (is === 'made' || !project) {
    const made = buildListed(next())
    aurora.projects = [made, ...aurora.projects]
    return made.id
  }
  aurora.projects = aurora.projects.flatMap((each): ListedProject[] => {
    if (each !== project) return [each]
    return is === 'deleted' ? [] : [{ ...project, status: 'Sold', name: `new ${place}` }]
  })
  return project.id
}

/**
 * What is shown of the projects that are sold, how many calls for pages that took, and the list at that time. Where more have left the
 * border of two pages than are read by themselves, an answer is not complete, and the next reading of the list decides.
 */
async function ask(
  gateway: TestGateway,
  aurora: ProjectList,
  clock: ManualClock,
  isAgain = false,
): Promise<Asked> {
  aurora.takeCalls()
  const before = aurora.projects
  const { data, errors } = await gateway.ask<{
    projects: { totalCount: number; isComplete: boolean; nodes: { auroraId: string; name: string }[] }
  }>(
    '{ projects(filter: { status: ["Sold"] }, first: 250) { totalCount isComplete nodes { auroraId name } } }',
  )
  const pages = aurora.takeCalls().filter((call) => /^GET \d+$/.test(call)).length
  if (!isAgain && data?.projects.isComplete === false) {
    await clock.advance(PAST_STALE_MS)
    return ask(gateway, aurora, clock, true)
  }
  return { pages, shown: [errors, data?.projects], before }
}

interface Asked {
  readonly pages: number
  readonly shown: unknown
  readonly before: readonly ListedProject[]
}

function expected(projects: readonly ListedProject[]): unknown {
  const sold = projects.filter(({ status }) => status === 'Sold')
  const nodes = sold.map(({ id, name }) => ({ auroraId: id, name }))
  return [undefined, { totalCount: sold.length, isComplete: true, nodes }]
}

const newestFirst = (one: ListedProject, other: ListedProject): number =>
  String(other['created_at']).localeCompare(String(one['created_at']))

const write = (gateway: TestGateway, id: string, isRemoved: boolean) =>
  gateway.ask(
    isRemoved
      ? `mutation { deleteProject(id: "${id}") { __typename } }`
      : `mutation { updateProject(id: "${id}", input: { status: "Lost" }) { __typename } }`,
  )

it('a complete answer is the list as it was when its pages were read, with what we wrote since', async () => {
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ is: fc.constantFrom('made', 'deleted', 'changed', 'written', 'removed'), at }),
    { weight: 2, arbitrary: fc.record({ is: fc.constant('asked'), at }) },
    fc.record({ is: fc.constant('aged') }),
    fc.record({ is: fc.constant('growing'), page: fc.integer({ min: 2, max: 4 }) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.nat(20), fc.array(step, { minLength: 4, maxLength: 14 }), async (count, steps) => {
      await using aurora = await openProjectList(buildList(count))
      const clock = createManualClock()
      await using gateway = await createTestGateway({ baseUrl: aurora.url, clock, config: { pageSize: 6 } })
      let made = count
      const next = (): number => made++
      /** What is to be shown: a copy of the list from when its pages were read. */
      let shown: readonly ListedProject[] = []
      /** As the writes have left them; null: removed. */
      let written = new Map<string, ListedProject | null>()
      for (const each of [...steps, { is: 'asked', at: 0 } as const]) {
        const id =
          'at' in each ? aurora.projects[each.at % Math.max(1, aurora.projects.length)]?.id : undefined
        if (each.is === 'aged') await clock.advance(PAST_STALE_MS)
        else if (each.is === 'growing')
          aurora.onCall = (call) => {
            if (call !== `GET ${each.page}`) return
            aurora.onCall = () => {}
            change(aurora, 'made', { at: 0, next })
          }
        else if (each.is === 'asked') {
          const answer = await ask(gateway, aurora, clock)
          const { before } = answer
          // What was written is read as it is now; where pages were read, all of them were.
          const seen = new Set(shown.map((project) => project.id))
          const isMade = (project: ListedProject | null): project is ListedProject =>
            project !== null && !seen.has(project.id)
          shown =
            answer.pages > 0
              ? before
              : [
                  ...[...written.values()].filter(isMade).toSorted(newestFirst),
                  ...shown.flatMap((project) => {
                    const now = written.get(project.id)
                    return now === undefined ? project : (now ?? [])
                  }),
                ]
          written = new Map()
          expect(answer.shown).toEqual(expected(shown))
        } else if (each.is === 'written' || each.is === 'removed') {
          if (id === undefined) continue
          expect((await write(gateway, id, each.is === 'removed')).errors).toBeUndefined()
          written.set(id, aurora.projects.find((project) => project.id === id) ?? null)
        } else if (each.is !== 'listed') change(aurora, each.is, { at: each.at, next })
      }
    }),
    { numRuns: examplesOf(6) },
  )
})

it('where a webhook reports each change, each complete answer is the list as it is', async () => {
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ is: fc.constantFrom('made', 'deleted', 'changed', 'written', 'removed', 'listed'), at }),
    { weight: 2, arbitrary: fc.record({ is: fc.constant('asked'), at }) },
    fc.record({ is: fc.constant('aged') }),
  )
  let asked = 0
  let walks = 0
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 7, max: 40 }),
      fc.array(step, { minLength: 6, maxLength: 20 }),
      async (count, steps) => {
        await using aurora = await openProjectList(buildList(count))
        const clock = createManualClock()
        const webhooks = { keys: [SECRET], ofTenants: [], keyHeader: 'x-webhook-key', settleMs: 0 }
        await using gateway = await createTestGateway({
          baseUrl: aurora.url,
          clock,
          config: { pageSize: 6, webhooks },
        })
        await using server = await serveOnLoopback(gateway)
        let made = count
        const next = (): number => made++
        await ask(gateway, aurora, clock)
        for (const each of [...steps, { is: 'asked', at: 0 } as const]) {
          const id =
            'at' in each ? aurora.projects[each.at % Math.max(1, aurora.projects.length)]?.id : undefined
          if (each.is === 'aged') await clock.advance(PAST_STALE_MS)
          else if (each.is === 'asked') {
            const { pages, shown } = await ask(gateway, aurora, clock)
            asked += 1
            if (pages > 0) walks += 1
            expect(shown).toEqual(expected(aurora.projects))
          } else if (each.is === 'listed')
            await gateway.ask(`{ projects(first: ${1 + (each.at % 13)}) { nodes { id } } }`)
          else if (each.is === 'written' || each.is === 'removed') {
            if (id !== undefined) await write(gateway, id, each.is === 'removed')
          } else if (each.is !== 'growing') {
            const event = { made: 'project_created', deleted: 'project_deleted', changed: 'project_changed' }[
              each.is
            ]
            const changed = change(aurora, each.is, { at: each.at, next })
            await fetch(`${server.url}/webhooks/aurora/${event}?PROJECT_ID=${changed}`, {
              headers: { 'x-webhook-key': SECRET },
            })
          }
        }
      },
    ),
    { numRuns: examplesOf(8) },
  )
  // Else nothing but whole walks would have been looked at.
  expect(walks).toBeLessThan(asked)
})

it('an answer that says that it is complete lacks nothing that a complete answer before it had, whatever others delete while pages are read', async () => {
  const step = fc.oneof(
    fc.record({
      is: fc.constant('asked' as const),
      /** Deleted or made when this page is read. */
      changes: fc.array(
        fc.record({ page: fc.integer({ min: 1, max: 5 }), is: fc.constantFrom('made', 'deleted'), at }),
        {
          maxLength: 3,
        },
      ),
    }),
    fc.record({ is: fc.constantFrom('made', 'deleted'), at }),
  )
  let complete = 0
  let uncertain = 0
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 13, max: 30 }),
      fc.array(step, { minLength: 4, maxLength: 12 }),
      async (count, steps) => {
        await using aurora = await openProjectList(buildList(count))
        const clock = createManualClock()
        await using gateway = await createTestGateway({ baseUrl: aurora.url, clock, config: { pageSize: 6 } })
        let made = count
        const next = (): number => made++
        let known: ReadonlySet<string> = new Set()
        for (const each of [
          { is: 'asked', changes: [] } as const,
          ...steps,
          { is: 'asked', changes: [] } as const,
        ]) {
          if (each.is !== 'asked') {
            change(aurora, each.is, { at: each.at, next })
            continue
          }
          const before = aurora.projects
          aurora.onCall = (call) => {
            for (const { page, is, at: place } of each.changes)
              if (call === `GET ${page}`) change(aurora, is, { at: place, next })
          }
          const { data } = await gateway.ask<{
            projects: { isComplete: boolean; nodes: { auroraId: string }[] }
          }>('{ projects(search: "auckland", first: 250) { isComplete nodes { auroraId } } }')
          aurora.onCall = () => {}
          await clock.advance(PAST_STALE_MS)
          if (!data?.projects.isComplete) {
            uncertain += 1
            continue
          }
          complete += 1
          const shown = new Set(data.projects.nodes.map(({ auroraId }) => auroraId))
          const alive = new Set(aurora.projects.map(({ id }) => id))
          const lost = before.filter(({ id }) => alive.has(id) && known.has(id) && !shown.has(id))
          expect(lost.map(({ id }) => id)).toEqual([])
          known = shown
        }
      },
    ),
    {
      numRuns: examplesOf(12),
      examples: [[13, [{ is: 'asked', changes: [{ page: 2, is: 'deleted', at: 0 }] }]]],
    },
  )
  // Else nothing was looked at.
  expect([uncertain > 0, complete > 0]).toEqual([true, true])
})
