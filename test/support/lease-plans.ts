// Plans for the model of several replicas: what is done in which order, and what goes wrong. fast-check makes them.
import fc from 'fast-check'
import type { Arbitrary } from 'fast-check'
import { expect } from 'vitest'
import type { Refusing } from './fake-redis.ts'
import { createReplicaModel } from './replica-model.ts'
import type { Breaks, ReplicaModel, Thing } from './replica-model.ts'

export type Step =
  | { readonly do: 'read'; readonly at: number; readonly thing: Thing; readonly isRefresh: boolean }
  | { readonly do: 'write' | 'webhook'; readonly at: number; readonly thing: 'project' | 'profile' }
  /** One of the calls under way goes on. */
  | { readonly do: 'call'; readonly which: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'link'; readonly at: number; readonly is: 'cut' | 'deaf' | 'well' }
  | { readonly do: 'news'; readonly at: number; readonly isHeld: boolean }
  | { readonly do: 'redis'; readonly refuses: Refusing }
  | { readonly do: 'network'; readonly is: 'frozen' | 'gone' | 'well' }
  | { readonly do: 'flush' | 'trim' }
  | { readonly do: 'kill' | 'stop' | 'start'; readonly at: number }

/** One interleaving: it begins with replicas that are well, and ends when nothing is under way. */
export type Schedule = readonly Step[]

const REPLICAS = 2
/** One model runs so many of them, because making a model takes longer than running one. */
const SCHEDULES = 25
/** Interleavings of one test, which then takes some seconds. */
const PART = 5000

const at = fc.nat(REPLICAS - 1)
const ordinary = [
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      at,
      thing: fc.constantFrom<Thing[]>('project', 'project', 'list', 'profile'),
      isRefresh: fc.nat(9).map((chance) => chance === 0),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('write' as const, 'write' as const, 'write' as const, 'webhook' as const),
      at,
      thing: fc.constantFrom('project' as const, 'project' as const, 'profile' as const),
    }),
  },
  { weight: 12, arbitrary: fc.record({ do: fc.constant('call' as const), which: fc.nat(3) }) },
]
const wait = (...ms: number[]) => fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(...ms) })

const held = {
  weight: 1,
  arbitrary: fc.record({ do: fc.constant('news' as const), at, isHeld: fc.boolean() }),
}

const troubles = [
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('link' as const),
      at,
      is: fc.constantFrom('cut' as const, 'deaf' as const, 'well' as const),
    }),
  },
  held,
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('redis' as const),
      refuses: fc.constantFrom<Refusing[]>('full', 'full', 'readOnly', 'nothing'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('network' as const),
      is: fc.constantFrom('frozen' as const, 'gone' as const, 'well' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.record({ do: fc.constantFrom('stop' as const, 'start' as const), at }),
      fc.record({ do: fc.constantFrom('flush' as const, 'trim' as const) }),
    ),
  },
]

const killed = { weight: 1, arbitrary: fc.record({ do: fc.constant('kill' as const), at }) }

const several = (schedule: fc.Arbitrary<Step[]>): fc.Arbitrary<Schedule[]> =>
  fc.array(schedule, { minLength: SCHEDULES, maxLength: SCHEDULES })

/** Nothing goes wrong, except that news come late. */
export const whenWell = several(
  fc.array<Step>(fc.oneof(...ordinary, held, { weight: 1, arbitrary: wait(1, 100, 450) }), {
    minLength: 3,
    maxLength: 8,
  }),
)

export const whenTroubled = several(
  fc.array<Step>(fc.oneof(...ordinary, ...troubles, { weight: 2, arbitrary: wait(1, 450, 1600, 3600) }), {
    minLength: 3,
    maxLength: 8,
  }),
)

/** The same with replicas that end without a last message. The others then mark their answers for a minute. */
export const whenKilled = several(
  fc.array<Step>(
    fc.oneof(...ordinary, ...troubles, killed, { weight: 2, arbitrary: wait(1, 450, 1600, 3600) }),
    { minLength: 3, maxLength: 8 },
  ),
)

const READ: Step = { do: 'read', at: 1, thing: 'project', isRefresh: false }
const WRITE: Step = { do: 'write', at: 0, thing: 'project' }
const WEBHOOK: Step = { do: 'webhook', at: 0, thing: 'project' }
const GO_ON: Step = { do: 'call', which: 0 }
const aCall = fc.record({ do: fc.constant('call' as const), which: fc.nat(2) })

/** Reads and writes of one object, so close to each other that most plans have a read in the middle of a write. */
export const whenClose = several(
  fc.array<Step>(
    fc.oneof(
      { weight: 4, arbitrary: at.map((place): Step => ({ ...READ, at: place })) },
      { weight: 3, arbitrary: at.map((place): Step => ({ ...WRITE, at: place })) },
      { weight: 1, arbitrary: at.map((place): Step => ({ ...WEBHOOK, at: place })) },
      { weight: 6, arbitrary: aCall },
      held,
    ),
    { minLength: 5, maxLength: 10 },
  ),
)

const CUT_OFF: readonly Step[] = [
  { do: 'link', at: 1, is: 'cut' },
  { do: 'wait', ms: 3600 },
]

/** One replica alone is cut off, with or without an answer in its cache, and the calls of both are under way at the same time. */
export const whenCutOff = several(
  fc
    .tuple(
      fc.boolean().map((isCached): Step[] => (isCached ? [READ, GO_ON, GO_ON] : [])),
      fc.array<Step>(fc.oneof(fc.constant(READ), fc.constant(WRITE), fc.constant(WEBHOOK), aCall), {
        minLength: 4,
        maxLength: 8,
      }),
    )
    .map(([before, steps]) => [...before, ...CUT_OFF, ...steps]),
)

/** Tests of the same plans, each with other ones, since each has a seed of its own: title, plans and number of runs. */
export function partsOf(what: string, plans: fc.Arbitrary<Schedule[]>, interleavings: number) {
  const parts = Math.ceil(interleavings / PART)
  const numRuns = Math.ceil(interleavings / parts / SCHEDULES)
  return Array.from(
    { length: parts },
    (_, index) => [`${what} (part ${index + 1} of ${parts})`, plans, numRuns] as const,
  )
}

export async function runPlan(plan: readonly Schedule[], breaks?: Breaks): Promise<ReplicaModel> {
  const model = createReplicaModel(REPLICAS, breaks)
  await model.advance(WARM_MS)
  for (const schedule of plan) {
    for (const step of schedule) {
      await model.tick()
      await take(step, model)
    }
    await model.finish()
    deliverNews(model)
    if (schedule.some(isTrouble)) await heal(model)
    await model.finish()
    if (model.violations.length > 0) break
  }
  return model
}

const isTrouble = (step: Step): boolean =>
  !['read', 'write', 'webhook', 'call', 'wait', 'news'].includes(step.do)

async function take(step: Step, model: ReplicaModel): Promise<void> {
  switch (step.do) {
    case 'read':
      return model.read(step.at, step.thing, step.isRefresh)
    case 'write':
    case 'webhook':
      return model[step.do](step.at, step.thing)
    case 'call':
      return model.step(step.which)
    case 'wait':
      return model.advance(step.ms)
    case 'link': {
      const host = model.host(step.at)
      if (host) host.link = step.is
      return host?.deliver()
    }
    case 'news': {
      const host = model.host(step.at)
      if (host) host.isNewsHeld = step.isHeld
      return host?.deliver()
    }
    case 'redis':
      model.redis.refusing = step.refuses
      return undefined
    case 'network':
      if (step.is === 'well') model.network.thaw()
      else model.network.state = step.is
      return undefined
    case 'flush':
    case 'trim':
      return model.redis[step.do]()
    case 'kill':
    case 'start':
      return model[step.do](step.at)
    case 'stop':
      return model.stop(step.at)
  }
}

/** Leases of an older generation have ended, so that a write waits for no time. */
const WARM_MS = 2000
/** Longer than a probe and a renewal. */
const HEALED_MS = 1100

function deliverNews(model: ReplicaModel): void {
  for (let index = 0; index < REPLICAS; index += 1) {
    const host = model.host(index)
    if (!host?.isNewsHeld) continue
    host.isNewsHeld = false
    host.deliver()
  }
}

async function heal(model: ReplicaModel): Promise<void> {
  model.redis.refusing = 'nothing'
  for (let index = 0; index < REPLICAS; index += 1) {
    model.start(index)
    const host = model.host(index)
    if (host) host.link = 'well'
  }
  model.network.thaw()
  await model.advance(HEALED_MS)
}

/** Nothing that an acknowledged write has ended is shown unmarked; and something is marked, or the trouble would be none. */
export async function expectNothingOld(
  plans: Arbitrary<readonly Schedule[]>,
  numRuns: number,
): Promise<void> {
  let unconfirmed = 0
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const model = await runPlan(plan)
      expect(model.violations).toEqual([])
      unconfirmed += model.unconfirmed
    }),
    { numRuns },
  )
  expect(unconfirmed).toBeGreaterThan(0)
}
