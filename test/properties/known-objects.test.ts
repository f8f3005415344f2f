// Objects that are shown as they were shown before equal those that are executed, byte for byte, with all that the answer reports:
// whatever was asked before, by whom, and whatever has changed meanwhile.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Caller } from '../../src/callers/caller.ts'
import type { Metrics } from '../../src/telemetry/metrics.ts'
import { nth } from '../support/builders.ts'
import { examplesOf } from '../support/examples.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { askByYoga, askPlainly } from '../support/plain-request.ts'
import { createTestGateway } from '../support/test-gateway.ts'

const DESIGN = 'id name milestone { milestone } summary { systemSizeStc } pricing { systemPrice }'
const FIELDS = [
  'id name owner { firstName email } designs { id name }',
  `auroraId name status designs { ${DESIGN} }`,
  '__typename id name tags team { name } owner { id lastName } consumptionProfile { id }',
  `name projectType designs @include(if: $all) { ${DESIGN} project { name owner { email } } }`,
  'id name customer { firstName } location { propertyAddress } agreements { id status }',
] as const
/** Others bring lists that the same objects are found in, or show an object in two ways, or leave something to variables. */
const ROOTS = [
  (fields: string) => `projects(first: $n) { nodes { ${fields} } }`,
  (fields: string) => `projects(first: 2) { edges { node { ${fields} } cursor } pageInfo { endCursor } }`,
  (fields: string) => `users { id email } projects(first: $n) { nodes { ${fields} } }`,
  (fields: string) =>
    `projects(first: $n) { nodes { ${fields} } } project(id: $id) { id name owner { email } }`,
  (fields: string) => `project(id: $id) { ${fields} } again: project(id: $id) { ${fields} designs { id } }`,
  (fields: string) => `nodes(ids: [$id]) { id ... on Project { ${fields} } } users { firstName }`,
] as const

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      caller: fc.nat(2),
      root: fc.nat(ROOTS.length - 1),
      fields: fc.nat(FIELDS.length - 1),
      n: fc.integer({ min: 1, max: 4 }),
      all: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('write' as const, 'change' as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('age' as const), seconds: fc.constantFrom(1, 60, 400, 4000) }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never
type Ask = Extract<Step, { do: 'ask' }>

async function open() {
  const clock = createManualClock()
  const shown = { objects: 0 }
  // Calls that many objects have saved are reported together, and by nothing else here.
  const metrics = {
    emit: (name: string, event: { count?: number }) =>
      void (name === 'saved' && event.count && (shown.objects += 1)),
    watch: () => {},
  } as unknown as Metrics
  const gateway = await createTestGateway({ clock, metrics, config: { answersMaxBytes: 0 } })
  const scope = (await gateway.gateway.authenticate(new Headers({ host: 'localhost' })))?.scope
  if (!scope) throw new Error('nobody is served')
  /** Two share a scope; the third has one of its own. */
  const callers = ['ada', 'bob', 'eve'].map((name, index): Caller => ({
    name,
    scope: index < 2 ? scope : { ...scope, key: `${scope.key}${name}` as never },
    isReadOnly: false,
  }))
  const projects = gateway.simulator.data.projects
    .toSorted((one, other) => other.created_at.localeCompare(one.created_at))
    .slice(0, 4)
  let version = 0

  const executed = (caller: Caller, body: string) => askByYoga(gateway.gateway, caller, body)
  const known = (caller: Caller, body: string) => askPlainly(gateway.gateway, caller, body)
  async function act(each: Exclude<Step, Ask>): Promise<void> {
    if (each.do === 'age') return clock.advance(each.seconds * 1000)
    const { id } = nth(projects, version % 4)
    const name = `Name ${(version += 1)}`
    // In Aurora's app, so that the gateway has no notice of it.
    if (each.do === 'change') gateway.simulator.data.changes.project.change(id, { name })
    else {
      const query = `mutation { updateProject(id: "${id}", input: { name: "${name}" }) { errors { code } } }`
      await executed(nth(callers, 0), JSON.stringify({ query }))
    }
  }
  return { gateway, callers, projects, executed, known, act, shown }
}

interface Body {
  readonly data: unknown
  readonly extensions: {
    readonly upstream: { readonly calls: number; readonly saved: { readonly stale: number } }
  }
}

it('whatever happens between two requests', async () => {
  let objects = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 14 }), async (steps) => {
      const { gateway, callers, projects, executed, known, act, shown } = await open()
      await using _gateway = gateway
      for (const each of steps) {
        if (each.do !== 'ask') {
          await act(each)
          continue
        }
        const caller = nth(callers, each.caller)
        const root = nth(ROOTS, each.root)(nth(FIELDS, each.fields))
        const query = `query ($n: Int, $id: ID!, $all: Boolean = true) { ${root} t: tenant @include(if: $all) { name } n: projects(first: $n) { nodes { id } } p: project(id: $id) { id } }`
        const variables = { n: each.n, id: nth(projects, each.n - 1).id, all: each.all }
        const body = JSON.stringify({ query, variables })
        const first = JSON.parse(await known(caller, body)) as Body
        const next = await executed(caller, body)
        const { data, extensions } = JSON.parse(next) as Body
        // What was stale was refreshed meanwhile.
        if (first.extensions.upstream.saved.stale === 0)
          expect({ data: first.data, calls: 0 }).toEqual({ data, calls: extensions.upstream.calls })
        // Once more they make the texts where they have not, and then show them.
        for (const _time of [1, 2]) expect(await known(caller, body)).toBe(await executed(caller, body))
      }
      objects += shown.objects
    }),
    { numRuns: examplesOf(4), endOnFailure: true },
  )
  expect(objects).toBeGreaterThan(40)
})
