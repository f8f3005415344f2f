// An Aurora whose every value is the number of the write that made it, and whose calls are carried out and answered in any order.
import type { Members } from '../../src/aurora/body.ts'
import { READS } from '../../src/aurora/reads.ts'
import type { ReadOperation } from '../../src/aurora/reads.ts'
import { WRITES } from '../../src/aurora/writes.ts'
import type { WriteOperation } from '../../src/aurora/writes.ts'
import { GatewayError } from '../../src/errors/errors.ts'
import type { Answer } from '../../src/rest/answer.ts'
import type { Call, Ids, Reply, Upstream } from '../../src/rest/call.ts'
import { buildRefusal, buildReply, carry } from './builders.ts'

/** Something that writes change: the name of a project, its energy use, the price of a design. */
export type Fact = string

/** Which write each fact is of, and what was deleted: in an answer, or at least by what was acknowledged. */
export interface Versions {
  readonly facts: ReadonlyMap<Fact, number>
  readonly deleted: ReadonlySet<string>
}

export interface Pending {
  readonly call: Call
  /** What it did or brought; null before it was carried out. */
  done: { readonly answer: Answer; readonly number: number } | null
  /** Its answer has come, or was lost. */
  isOver: boolean
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: unknown) => void
}

export interface VersionedAurora {
  readonly upstream: Upstream
  /** Calls that were sent and not answered, in the order sent. */
  underWay(): readonly Pending[]
  carryOut(pending: Pending): void
  /** Carries the call out before, where it was not. */
  answer(pending: Pending): void
  /** The caller gets no answer. The call was carried out, or may still be. */
  lose(pending: Pending): void
}

/** The project of each design, and of each agreement. */
export const DESIGNS: Readonly<Record<string, string>> = { 'd-0': 'p-0', 'd-1': 'p-0', 'd-2': 'p-1' }
const AGREEMENTS: Readonly<Record<string, string>> = { 'a-0': 'p-0', 'a-1': 'p-1' }
export const PROJECTS = ['p-0', 'p-1'] as const

const nameOf = (project: string): Fact => `name ${project}`
const energyOf = (project: string): Fact => `energy ${project}`
const priceOf = (design: string): Fact => `price ${design}`

interface State {
  readonly facts: Map<Fact, number>
  readonly deleted: Set<string>
}

type Read = (ids: Ids, state: State) => Members | readonly Members[] | null
type Write = (ids: Ids, state: State, number: number) => Members | null

const NONE = ''
const valueOf = ({ facts }: State, fact: Fact): number => facts.get(fact) ?? 0
const project = (id: string, state: State): Members | null =>
  state.deleted.has(id) ? null : { id, name: valueOf(state, nameOf(id)) }
/** Null where the project is gone. */
const below = (id: string, parent: string | undefined, state: State, members: Members): Members | null =>
  parent === undefined || state.deleted.has(parent) ? null : { id, ...members }

/** Some answers name the project, and some do not. */
const READ_RULES: Partial<Record<ReadOperation, Read>> = {
  retrieveProject: ({ project_id = NONE }, state) => project(project_id, state),
  listProjects: (_, state) => PROJECTS.map((id) => project(id, state)).filter((each) => each !== null),
  retrieveConsumptionProfile: ({ project_id = NONE }, state) =>
    below('c', project_id, state, { energy: valueOf(state, energyOf(project_id)) }),
  listDesigns: ({ project_id = NONE }, state) =>
    state.deleted.has(project_id)
      ? null
      : Object.keys(DESIGNS).flatMap((id) => (DESIGNS[id] === project_id ? [{ id, project_id }] : [])),
  retrieveDesign: ({ design_id = NONE }, state) =>
    below(design_id, DESIGNS[design_id], state, { project_id: DESIGNS[design_id] }),
  retrieveDesignSummary: ({ design_id = NONE }, state) =>
    below(design_id, DESIGNS[design_id], state, {
      design_id,
      project_id: DESIGNS[design_id],
      energy: valueOf(state, energyOf(DESIGNS[design_id] ?? NONE)),
    }),
  retrieveDesignBillSummary: ({ design_id = NONE }, state) =>
    below(design_id, DESIGNS[design_id], state, {
      energy: valueOf(state, energyOf(DESIGNS[design_id] ?? NONE)),
    }),
  retrieveDesignPricing: ({ design_id = NONE }, state) =>
    below(design_id, DESIGNS[design_id], state, { price: valueOf(state, priceOf(design_id)) }),
  retrieveAgreement: ({ agreement_id = NONE }, state) =>
    below(agreement_id, AGREEMENTS[agreement_id], state, {}),
  listAgreements: ({ project_id = NONE }, state) =>
    state.deleted.has(project_id)
      ? null
      : Object.keys(AGREEMENTS).flatMap((id) => (AGREEMENTS[id] === project_id ? [{ id }] : [])),
}

const setting =
  (factOf: (ids: Ids) => Fact, show: (ids: Ids, state: State) => Members | null): Write =>
  (ids, state, number) => {
    if (show(ids, state) === null) return null
    state.facts.set(factOf(ids), number)
    return show(ids, state)
  }

const WRITE_RULES: Partial<Record<WriteOperation, Write>> = {
  updateProject: setting(
    ({ project_id = NONE }) => nameOf(project_id),
    ({ project_id = NONE }, state) => project(project_id, state),
  ),
  updateConsumptionProfile: setting(
    ({ project_id = NONE }) => energyOf(project_id),
    ({ project_id = NONE }, state) =>
      below('c', project_id, state, { energy: valueOf(state, energyOf(project_id)) }),
  ),
  updateDesignPricing: setting(
    ({ design_id = NONE }) => priceOf(design_id),
    ({ design_id = NONE }, state) =>
      below('x', DESIGNS[design_id], state, { price: valueOf(state, priceOf(design_id)) }),
  ),
  deleteProject({ project_id = NONE }, state) {
    if (state.deleted.has(project_id)) return null
    state.deleted.add(project_id)
    return {}
  },
}

export const READ_NAMES = Object.keys(READ_RULES) as readonly ReadOperation[]
export const WRITE_NAMES = Object.keys(WRITE_RULES) as readonly WriteOperation[]

/** Aurora accepts its ids in upper and lower case. */
const lowered = (path: Ids): Ids =>
  Object.fromEntries(Object.entries(path).map(([name, id]) => [name, id.toLowerCase()]))

export function createVersionedAurora(nowMs: () => number): VersionedAurora {
  const state: State = { facts: new Map(), deleted: new Set() }
  const sent: Pending[] = []
  let last = 0

  function answerOf({ endpoint, path }: Call, number: number): Answer {
    const ids = lowered(path)
    const read = READ_RULES[endpoint.operation as ReadOperation]
    const write = WRITE_RULES[endpoint.operation as WriteOperation]
    const value = read ? read(ids, state) : (write?.(ids, state, number) ?? null)
    const answeredAtMs = nowMs()
    if (value === null) return buildRefusal(404, { answeredAtMs })
    return buildReply(endpoint.answers === 'nothing' ? null : value, { answeredAtMs })
  }

  function carryOut(pending: Pending): void {
    if (pending.done) return
    last += 1
    pending.done = { answer: answerOf(pending.call, last), number: last }
  }

  return {
    upstream: (call) =>
      new Promise((resolve, reject) => {
        sent.push({ call, done: null, isOver: false, resolve, reject })
      }),
    underWay: () => sent.filter(({ isOver }) => !isOver),
    carryOut,
    answer(pending) {
      carryOut(pending)
      if (!pending.done) return
      pending.isOver = true
      const { answer } = pending.done
      // It comes now, however long ago it was made.
      void carry(pending.call, { ...answer, answeredAtMs: nowMs() }).then(pending.resolve, pending.reject)
    },
    lose(pending) {
      pending.isOver = true
      pending.reject(new GatewayError('UPSTREAM_TIMEOUT', 'no answer', { outcome: 'UNKNOWN' }))
    },
  }
}

/** What an acknowledged write has made true at least. */
export function acknowledge(
  { call, done }: Pending,
  floor: { readonly facts: Map<Fact, number>; readonly deleted: Set<string> },
): void {
  if (!done || done.answer.status >= 300) return
  const { project_id = NONE, design_id = NONE } = lowered(call.path)
  const raise = (fact: Fact): void =>
    void floor.facts.set(fact, Math.max(floor.facts.get(fact) ?? 0, done.number))
  if (call.endpoint.operation === WRITES.deleteProject.operation) floor.deleted.add(project_id)
  if (call.endpoint.operation === WRITES.updateProject.operation) raise(nameOf(project_id))
  if (call.endpoint.operation === WRITES.updateConsumptionProfile.operation) raise(energyOf(project_id))
  if (call.endpoint.operation === WRITES.updateDesignPricing.operation) raise(priceOf(design_id))
}

/** What is wrong with an answer for a reader before whom `floor` was acknowledged; null where nothing is. */
export function faultOf(
  { endpoint: { operation }, path }: Pick<Call, 'endpoint' | 'path'>,
  value: Reply['value'],
  { facts, deleted }: Versions,
): string | null {
  const { project_id, design_id, agreement_id } = lowered(path)
  const parent = project_id ?? DESIGNS[design_id ?? NONE] ?? AGREEMENTS[agreement_id ?? NONE]
  if (parent !== undefined && deleted.has(parent)) return `${operation} shows what lies in ${parent}`
  const shown: (readonly [Fact, unknown])[] = []
  const items = (Array.isArray(value) ? value : [value]) as readonly Members[]
  for (const item of items) {
    if (operation === READS.listProjects.operation || operation === READS.retrieveProject.operation) {
      if (deleted.has(String(item['id']))) return `${operation} shows ${String(item['id'])}`
      shown.push([nameOf(String(item['id'])), item['name']])
    }
    if (item['energy'] !== undefined) shown.push([energyOf(parent ?? NONE), item['energy']])
    if (item['price'] !== undefined) shown.push([priceOf(design_id ?? NONE), item['price']])
  }
  const old = shown.find(([fact, number]) => Number(number) < (facts.get(fact) ?? 0))
  return old ? `${operation} shows ${old[0]} of write ${String(old[1])}` : null
}

/** The route of an operation with one of the ids that there are, in capitals where `isUpper`. */
export function pathFor(
  { parameters }: { readonly parameters: readonly string[] },
  pick: number,
  isUpper: boolean,
): Ids {
  const idsOf: Readonly<Record<string, readonly string[]>> = {
    project_id: PROJECTS,
    design_id: Object.keys(DESIGNS),
    agreement_id: Object.keys(AGREEMENTS),
  }
  return Object.fromEntries(
    parameters.map((name) => {
      const ids = idsOf[name] ?? []
      const id = ids[pick % ids.length] ?? NONE
      return [name, isUpper ? id.toUpperCase() : id]
    }),
  )
}
