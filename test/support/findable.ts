// A gateway over a list of projects that a test changes, with webhooks: for questions about the whole list.
import { expect } from 'vitest'
import { createManualClock } from './manual-clock.ts'
import type { ManualClock } from './manual-clock.ts'
import { buildList, openProjectList } from './project-list.ts'
import type { ProjectList } from './project-list.ts'
import { createTestGateway } from './test-gateway.ts'
import type { Answer, TestGateway } from './test-gateway.ts'
import { serveOnLoopback } from './test-server.ts'

const SECRET = 'the-secret-of-the-sun'

interface Found {
  readonly projects: {
    readonly totalCount: number | null
    readonly isComplete: boolean
    readonly missingPages: number
    readonly nodes: readonly { readonly auroraId: string; readonly status: string; readonly name: string }[]
  }
}

export interface Findable extends AsyncDisposable {
  readonly aurora: ProjectList
  readonly clock: ManualClock
  readonly gateway: TestGateway
  /** Changes a project in Aurora, as another program does. */
  change(id: string, members: object): void
  /** Aurora reports an event, about a project or about none that it names. */
  send(event: string, id?: string): Promise<void>
  /** Sends a query about the whole list. */
  find(args?: string): Promise<{
    readonly found: Found['projects'] | undefined
    readonly errors: Answer<Found>['errors']
    readonly calls: readonly string[]
  }>
}

export async function openFindable(
  count: number,
  { settleMs = 0, ...config }: Readonly<Record<string, number>> = {},
): Promise<Findable> {
  const aurora = await openProjectList(buildList(count))
  const clock = createManualClock()
  const gateway = await createTestGateway({
    baseUrl: aurora.url,
    clock,
    config: {
      pageSize: 50,
      webhooks: { keys: [SECRET], ofTenants: [], keyHeader: 'x-webhook-key', settleMs },
      ...config,
    },
  })
  const server = await serveOnLoopback(gateway)
  return {
    aurora,
    clock,
    gateway,
    change: (id: string, members: object): void =>
      void (aurora.projects = aurora.projects.map((each) =>
        each.id === id ? { ...each, ...members } : each,
      )),
    send: async (event: string, id?: string): Promise<void> => {
      const query = id === undefined ? '' : `?PROJECT_ID=${id}`
      const response = await fetch(`${server.url}/webhooks/aurora/${event}${query}`, {
        headers: { 'x-webhook-key': SECRET },
      })
      expect(response.status).toBe(204)
    },
    async find(args = 'filter: { status: "Sold" }') {
      const { data, errors } = await gateway.ask<Found>(
        `{ projects(${args}, first: 250) { totalCount isComplete missingPages nodes { auroraId status name } } }`,
      )
      return { found: data?.projects, errors, calls: aurora.takeCalls() }
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await gateway[Symbol.asyncDispose]()
      await aurora[Symbol.asyncDispose]()
    },
  }
}
