// Golden streams: what each subscription, and a live query, sends on its connection, byte for byte, in the forms that clients read.
import { readdirSync, readFileSync } from 'node:fs'
import { buildSchema, Kind, parse } from 'graphql'
import { describe, expect, it, vi } from 'vitest'
import { askFixedAurora } from '../../support/fixed-aurora.ts'
import type { Fixed, FixedAurora } from '../../support/fixed-aurora.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import type { ManualClock } from '../../support/manual-clock.ts'
import { serveOnLoopback } from '../../support/test-server.ts'
import type { TestServer } from '../../support/test-server.ts'

const here = new URL('.', import.meta.url)
const read = (name: string): string => readFileSync(new URL(`${name}.graphql`, here), 'utf8')
const names = readdirSync(here).flatMap((file) => file.match(/^(.+)\.graphql$/)?.[1] ?? [])

interface Opened {
  readonly clock: ManualClock
  readonly aurora: FixedAurora
  /** What Aurora answers from now on. */
  readonly bodies: Record<string, Fixed>
  readonly server: TestServer['server']
}

interface Story {
  readonly bodies: Readonly<Record<string, Fixed>>
  /** Brings one more event. */
  readonly change: (opened: Opened) => Promise<unknown>
  /** Brings the end. */
  readonly end: (opened: Opened) => unknown
}

const project = (name: string) => ({ project: { id: 'p1', name, status: 'in_design', owner_id: 'u1' } })
const design = (name: string) => ({ design: { id: 'd1', name } })
const agreements = (status: string) => ({ agreements: [{ id: 'a1', status }] })
const job = (status: string) => ({ performance_simulation_job: { job_id: 'j1', status } })

const GET_PROJECT = 'GET /projects/p1'
const GET_DESIGN = 'GET /designs/d1'
const GET_AGREEMENTS = 'GET /projects/p1/agreements'
const GET_JOB = 'GET /designs/d1/performance_simulation/status?job_id=j1'
const NOT_THERE: Fixed = { status: 404, body: { errors: [] } }

/** All of them are read again by their age, as nobody else has changed them. */
const FRESH_MS = 5 * 60_000
/** A job that has changed is looked at again after 5 seconds. */
const JOB_MS = 5_000

const PROJECT_BODIES = { [GET_PROJECT]: project('before'), 'PUT /projects/p1': { project: {} } }

async function rename({ aurora, bodies }: Opened): Promise<void> {
  bodies[GET_PROJECT] = project('after')
  await aurora.ask('mutation { updateProject(id: "p1", input: { name: "after" }) { errors { code } } }')
}

/** After some time it is another one in Aurora. */
const becomes =
  (name: string, body: Fixed, afterMs = FRESH_MS) =>
  ({ bodies, clock }: Opened): Promise<void> => {
    bodies[name] = body
    return clock.advance(afterMs)
  }

/** Longer than any test takes. */
const GRACE_MS = 1_000_000

/** What has no end of its own ends with the gateway. */
const shutDown = ({ server }: Opened): void => void server.close(GRACE_MS)

const STORIES: Readonly<Record<string, Story>> = {
  'project-changed': {
    bodies: PROJECT_BODIES,
    change: rename,
    end: becomes(GET_PROJECT, NOT_THERE),
  },
  'design-changed': {
    bodies: { [GET_DESIGN]: design('before'), 'GET /designs/d1/pricing': { pricing: { system_price: 5 } } },
    change: becomes(GET_DESIGN, design('after')),
    end: becomes(GET_DESIGN, NOT_THERE),
  },
  'agreement-status-changed': {
    bodies: { [GET_AGREEMENTS]: agreements('sent') },
    change: becomes(GET_AGREEMENTS, agreements('signed')),
    end: becomes(GET_AGREEMENTS, NOT_THERE),
  },
  'job-changed': {
    bodies: { [GET_JOB]: job('queued') },
    change: becomes(GET_JOB, job('running'), JOB_MS),
    end: becomes(GET_JOB, job('succeeded'), JOB_MS),
  },
  changes: { bodies: PROJECT_BODIES, change: rename, end: shutDown },
  'live-query': { bodies: PROJECT_BODIES, change: rename, end: shutDown },
}

interface Form {
  readonly extension: string
  readonly accept: string
  /** Where an event ends. */
  readonly event: RegExp
}

const FORMS: readonly Form[] = [
  { extension: 'sse', accept: 'text/event-stream', event: /^event: next\ndata: .*\n\n/gm },
  {
    extension: 'multipart',
    accept: 'multipart/mixed;subscriptionSpec=1.0',
    event: /\{"payload":.*\r\n--graphql/g,
  },
]

const CASES = names.flatMap((name) => FORMS.map((form) => ({ name, form, extension: form.extension })))

/** Nothing is sent for want of an event, and what is random is fixed. */
const SERVED = { limits: { heartbeatMs: 2 ** 31, streamMaxMs: 2 ** 31 }, random: () => 0.5 }

describe('golden streams', () => {
  it.each(CASES)('$name, as $extension: the same bytes as ever', async ({ name, form }) => {
    const story = STORIES[name]
    if (!story) throw new Error(`STORIES does not say what happens to ${name}`)
    const clock = createManualClock()
    const bodies = { ...story.bodies }
    await using aurora = await askFixedAurora(bodies, { clock })
    await using served = await serveOnLoopback(aurora.gateway, SERVED)
    const opened = { clock, aurora, bodies, server: served.server }

    const stream = await openStream(`${served.url}/graphql`, read(name), form)
    await untilSent(clock, () => expect(stream.countEvents()).toBe(1))
    // An event comes at most once a second.
    await clock.advance(1_000)
    await story.change(opened)
    await untilSent(clock, () => expect(stream.countEvents()).toBe(2))
    await clock.advance(1_000)
    await story.end(opened)
    await untilSent(clock, () => expect(stream.hasEnded()).toBe(true))

    await expect(toGolden(stream.text())).toMatchFileSnapshot(`./${name}.${form.extension}`)
  })

  it('are there for every subscription of the schema, and for a query', () => {
    const sdl = readFileSync(new URL('../../../schema/schema.graphql', import.meta.url), 'utf8')
    const fields = Object.keys(buildSchema(sdl).getSubscriptionType()?.getFields() ?? {})
    const roots = names.flatMap((name) => rootsOf(read(name)))
    expect(roots.toSorted()).toEqual(
      [...fields.map((field) => `subscription ${field}`), 'query project'].toSorted(),
    )
  })
})

async function openStream(url: string, query: string, { accept, event }: Form) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify({ query }),
  })
  let text = `${response.status} ${response.headers.get('content-type') ?? ''}\n\n`
  let hasEnded = false
  const readAll = async (): Promise<void> => {
    for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) text += piece
  }
  // The end of a connection that was lost is another one than that of the stream.
  const reading = readAll().catch((error: unknown) => void (text += `lost: ${String(error)}`))
  void reading.then(() => void (hasEnded = true))
  return {
    text: () => text,
    hasEnded: () => hasEnded,
    countEvents: () => [...text.matchAll(event)].length,
  }
}

/** What is due is done, but no time passes: it would change what is left of the window, and when the next event is due. */
const untilSent = (clock: ManualClock, holds: () => void): Promise<void> =>
  vi.waitFor(
    async () => {
      await clock.advance(0)
      holds()
    },
    { timeout: 100_000, interval: 5 },
  )

/**
 * Carriage returns are shown, so that neither an editor nor a checkout changes them. A slot is held until a minute after the answer of
 * Aurora, which comes at another time of the clock in each run, so `resetAt` is left out.
 */
const toGolden = (text: string): string =>
  text.replaceAll('\r', '\\r').replace(/"resetAt":"[^"]*"/g, '"resetAt":"<time>"')

const rootsOf = (document: string): string[] =>
  parse(document).definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? definition.selectionSet.selections.flatMap((field) =>
          field.kind === Kind.FIELD ? `${definition.operation} ${field.name.value}` : [],
        )
      : [],
  )
