// What is given again equals what executing gives, for every caller, whatever is written, read again from settings, or grows old.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Caller } from '../../src/callers/caller.ts'
import type { Config } from '../../src/config/config.ts'
import type { Repeat } from '../../src/http/known-answers.ts'
import { createRequestRecord } from '../../src/telemetry/request-record.ts'
import { nth } from '../support/builders.ts'
import { examplesOf } from '../support/examples.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { createTestGateway } from '../support/test-gateway.ts'

const QUERIES = ['{ projects(first: 3) { nodes { id name } } }', '{ tenant { name } }'] as const
const CALLERS = ['ada', 'bob', 'eve'] as const

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('ask' as const), caller: fc.nat(2), query: fc.nat(1) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('write' as const, 'change' as const, 'reload' as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('age' as const), seconds: fc.constantFrom(1, 60, 400) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('outlive' as const) }),
  },
)
/** Longer than anything that was read is shown without a new call. */
const KEPT_MS = 2 * 60 * 60 * 1000
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never

async function open() {
  const clock = createManualClock()
  const gateway = await createTestGateway({ clock })
  const scope = (await gateway.gateway.authenticate(new Headers({ host: 'localhost' })))?.scope
  if (!scope) throw new Error('nobody is served')
  /** Two share a scope; the third has one of its own. */
  const callers = CALLERS.map((name, index): Caller => ({
    name,
    scope: index < 2 ? scope : { ...scope, key: `${scope.key}${name}` as never },
    isReadOnly: false,
  }))
  const repeats = new Map<string, Repeat>()
  let version = 0

  const execute = async (caller: Caller, query: string): Promise<string> => {
    const request = new Request('http://gateway.test/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    })
    const response = await gateway.gateway.handle(request, caller, createRequestRecord('id'), (repeat) =>
      repeats.set(`${caller.scope.key} ${query}`, repeat),
    )
    return JSON.stringify(JSON.parse(await response.text()).data)
  }
  const giveAgain = (caller: Caller, query: string): string | null => {
    const headers = new Headers()
    const repeating = { method: 'POST', headers, caller, record: createRequestRecord('id') }
    const repeated = repeats.get(`${caller.scope.key} ${query}`)?.give(repeating)
    if (!repeated) return null
    return JSON.stringify(JSON.parse(Buffer.concat([repeated.text, repeated.rest]).toString()).data)
  }
  const shown = gateway.simulator.data.projects
    .toSorted((one, other) => other.created_at.localeCompare(one.created_at))
    .slice(0, 3)
  /** In Aurora's app, so that the gateway has no notice of it. */
  function change(): void {
    const { id } = nth(shown, 1)
    gateway.simulator.data.changes.project.change(id, { name: `Name ${(version += 1)}` })
  }
  async function act(each: Step): Promise<void> {
    switch (each.do) {
      case 'age':
        return clock.advance(each.seconds * 1000)
      case 'reload': {
        const config: Config = gateway.config
        gateway.gateway.reload(config)
        // Whatever was known has to be understood by the new settings first.
        for (const caller of callers) for (const query of QUERIES) expect(giveAgain(caller, query)).toBeNull()
        return undefined
      }
      case 'write': {
        const { id } = nth(shown, 0)
        const input = `{ name: "Name ${(version += 1)}" }`
        await execute(
          nth(callers, 0),
          `mutation { updateProject(id: "${id}", input: ${input}) { errors { code } } }`,
        )
        return undefined
      }
      case 'change':
        return change()
      case 'outlive':
        change()
        return clock.advance(KEPT_MS)
      case 'ask':
        return undefined
    }
  }
  return { gateway, callers, execute, giveAgain, act }
}

it('whatever happens between two requests', async () => {
  const seen = { given: 0, executed: 0 }
  let texts = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      const opened = await open()
      await using _gateway = opened.gateway
      for (const each of steps) {
        await opened.act(each)
        if (each.do !== 'ask') continue
        const [caller, query] = [nth(opened.callers, each.caller), nth(QUERIES, each.query)]
        const given = opened.giveAgain(caller, query)
        const answered = await opened.execute(caller, query)
        // Another text each time, so that it is executed from the same cache, and not remembered.
        const executed = await opened.execute(caller, `${query} # ${(texts += 1)}`)
        expect({ given, answered }).toEqual({ given: given === null ? null : executed, answered: executed })
        seen[given === null ? 'executed' : 'given'] += 1
      }
    }),
    { numRuns: examplesOf(15) },
  )
  expect(Math.min(seen.given, seen.executed)).toBeGreaterThan(20)
})
