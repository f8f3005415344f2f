// Answers that are odd in any way: no query fails as a whole, and what was not touched is as it was.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isErrorCode } from '../../src/errors/codes.ts'
import { schema } from '../../src/graphql/schema.ts'
import { READS } from '../../src/aurora/reads.ts'
import { createSimulator, DEFAULT_TENANT_ID, DEFAULT_TOKEN } from '../../src/simulator/simulator.ts'
import type { Simulator } from '../../src/simulator/simulator.ts'
import { pickVariables, readDocuments, readShown, writeEveryField } from '../support/documents.ts'
import type { Document, Shown } from '../support/documents.ts'
import { examplesOf } from '../support/examples.ts'
import { anyPlan, harmlessPlan, mutate, planOfMember } from '../support/odd-answers.ts'
import type { Plan } from '../support/odd-answers.ts'
import { openRewritingProxy } from '../support/rewriting-proxy.ts'
import type { RewritingProxy } from '../support/rewriting-proxy.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import type { Answer } from '../support/test-gateway.ts'

/** What is found by a member is another object where this member is odd: properties/find-projects.test.ts holds such lists. */
const isFoundByMembers = ({ name }: Document): boolean => name === 'find-people-and-parts'
const documents = [...readDocuments(), ...writeEveryField(schema)].filter((each) => !isFoundByMembers(each))

let simulator: Simulator
let proxy: RewritingProxy

beforeAll(async () => {
  simulator = createSimulator({ projectCount: 30, limit: 1_000_000 })
  const { url } = await simulator.listen()
  proxy = await openRewritingProxy(url, { authorization: `Bearer ${DEFAULT_TOKEN}` })
})

afterAll(async () => {
  await proxy[Symbol.asyncDispose]()
  await simulator.close()
})

type Data = Record<string, unknown>

/** Every field that there is in one document is more than anybody asks for. */
const queryLimits = { tokens: 15_000, depth: 100, fields: 10_000, aliases: 1000 }
/** A gateway of its own, so that nothing is known beforehand. */
const openGateway = () =>
  createTestGateway({ baseUrl: proxy.url, simulator: { projectCount: 1 }, config: { queryLimits } })

async function askAfresh({ query }: Document, variables: object = pickVariables(simulator.data)) {
  await using gateway = await openGateway()
  return withoutOwn(await gateway.ask<Data>(query, variables))
}

/** When an answer was made, and in which history of changes it is a place, differs from gateway to gateway. */
const withoutOwn = ({ data, ...answer }: Answer<Data>): Answer<Data> => ({
  ...answer,
  data: JSON.parse(JSON.stringify(data ?? null), (name, value: unknown) =>
    name === 'asOf'
      ? 'then'
      : isContainer(value) && 'isReset' in value
        ? { ...value, cursor: 'a place' }
        : value,
  ) as Data,
})

/** With nothing odd about it; of an agreement that nobody signed there is nothing to download. */
async function askPlainly(document: Document): Promise<Answer<Data>> {
  const answer = await askAfresh(document)
  expect(answer.data).toBeTruthy()
  expect(answer.errors?.filter(({ path }) => path?.at(-1) !== 'downloadLink') ?? []).toEqual([])
  return answer
}

const plain = new Map<Document, Promise<Answer<Data>>>()

/** Asked once for the tests of a document, which follow each other: the first of them shows that it stays the same. */
function plainAnswerOf(document: Document): Promise<Answer<Data>> {
  const known = plain.get(document) ?? askPlainly(document)
  plain.set(document, known)
  return known
}

/** `after`: asks once more when the answers are odd no longer but some are known. */
async function askOddly({ query }: Document, plan: Plan, after?: (again: Answer<Data>) => void) {
  await using gateway = await openGateway()
  const variables = pickVariables(simulator.data)
  proxy.setRewrite((body, place) => mutate(body, plan, place))
  try {
    const odd = withoutOwn(await gateway.ask<Data>(query, variables))
    proxy.setRewrite()
    after?.(withoutOwn(await gateway.ask<Data>(query, variables)))
    return odd
  } finally {
    proxy.setRewrite()
  }
}

function expectNotFailed({ httpStatus, data, errors = [] }: Answer<Data>): void {
  const faults = errors.filter(({ path, extensions: { code } }) => {
    // The input is not at fault, whatever Aurora says.
    const isFromTable = isErrorCode(code) && code !== 'INTERNAL_SERVER_ERROR' && code !== 'BAD_USER_INPUT'
    return !isFromTable || path === undefined || path.length === 0
  })
  expect({ httpStatus, hasData: data !== undefined && data !== null, faults }).toEqual({
    httpStatus: 200,
    hasData: true,
    faults: [],
  })
}

/** Fields of one wave fail in no set order. */
const inOrder = ({ errors = [] }: Answer<Data>) =>
  errors
    .map(({ path, extensions }) => `${JSON.stringify(path)} ${extensions.code}`)
    .sort((left, right) => (left < right ? -1 : 1))

/** There are many documents with every field, and some ask for much: shrinking ends before the time of the test does. */
const runs = (count: number, { name }: Document) => ({
  numRuns: examplesOf(name.startsWith('every field') ? count / 2 : count),
  interruptAfterTimeLimit: 60_000,
})

describe.each(documents)('$name', (document) => {
  const shown = readShown(schema, document.query)

  it('whatever is odd about the answers, it never fails as a whole, and comes in full once nothing is', async () => {
    const clean = await plainAnswerOf(document)
    await fc.assert(
      fc.asyncProperty(anyPlan, async (plan) => {
        expectNotFailed(await askOddly(document, plan, expectNotFailed))
      }),
      runs(4, document),
    )

    const again = await askPlainly(document)

    expect(again.data).toEqual(clean.data)
    expect(inOrder(again)).toEqual(inOrder(clean))
  })

  it('what says the same in another form, or says more, is answered the same', async () => {
    const clean = await plainAnswerOf(document)
    await fc.assert(
      fc.asyncProperty(harmlessPlan, async (plan) => {
        const answer = await askOddly(document, plan)

        expect(findChanges(clean.data, answer.data).filter((path) => !isOpaque(shown, path))).toEqual([])
        expect(inOrder(answer)).toEqual(inOrder(clean))
      }),
      runs(2, document),
    )
  })

  it('a member that is odd changes the fields that show it, and no others', async () => {
    const members = new Set<string>()
    proxy.setRewrite((body) => (collectMembers(body, members), body))
    const clean = await askPlainly(document)
    proxy.setRewrite()
    const names = [...members].filter((name) => !NAMES_OF_OBJECTS.has(name))
    if (names.length === 0) return expect(document.name).toBe('every field of upstream')
    await fc.assert(
      fc.asyncProperty(planOfMember(names), async (plan) => {
        const answer = await askOddly(document, plan)
        const member = plan.values[0]?.member ?? ''
        const isShown = (path: string): boolean => isOpaque(shown, path) || shows(shown, path, member)

        expectNotFailed(answer)
        expect(findChanges(clean.data, answer.data).filter((path) => !isShown(path))).toEqual([])
        const failed = (answer.errors ?? []).map(({ path = [] }) => withoutIndexes(path))
        const failedBefore = new Set((clean.errors ?? []).map(({ path = [] }) => withoutIndexes(path)))
        expect(failed.filter((path) => !failedBefore.has(path) && !isShown(path))).toEqual([])
      }),
      runs(2, document),
    )
  })
})

/** Without its id an object is not to be recognised; wrappers are members of the body, not of an object. */
const NAMES_OF_OBJECTS: ReadonlySet<string> = new Set(
  Object.values(READS).flatMap(({ idMember, wrapper }) => [idMember ?? 'id', wrapper ?? 'id']),
)

function collectMembers(value: unknown, into: Set<string>): void {
  if (typeof value !== 'object' || value === null) return
  for (const [name, inner] of Object.entries(value)) {
    if (!Array.isArray(value)) into.add(name)
    collectMembers(inner, into)
  }
}

const withoutIndexes = (path: readonly (string | number)[]): string =>
  path.filter((key) => typeof key === 'string').join('.')

/** Places without indexes at which two answers differ, as far out as they do. */
function findChanges(before: unknown, after: unknown, path = ''): string[] {
  if (Object.is(before, after)) return []
  if (!isContainer(before) || !isContainer(after) || Array.isArray(before) !== Array.isArray(after))
    return [path]
  const names = Object.keys(before)
  if (names.length !== Object.keys(after).length) return [path]
  return names.flatMap((name) => {
    const inner = Array.isArray(before) ? path : [path, name].filter((part) => part !== '').join('.')
    return findChanges(before[name], after[name], inner)
  })
}

const isContainer = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const onTheWay = (shown: ReadonlyMap<string, Shown>, path: string): Shown[] => {
  const names = path.split('.')
  return names.flatMap((_, index) => shown.get(names.slice(0, index + 1).join('.')) ?? [])
}

const isOpaque = (shown: ReadonlyMap<string, Shown>, path: string): boolean =>
  onTheWay(shown, path).some((field) => field.isOpaque)

const shows = (shown: ReadonlyMap<string, Shown>, path: string, member: string): boolean => {
  const names = [member, CURRENT_NAMES.get(member)]
  return onTheWay(shown, path).some(({ members }) => members.some((name) => names.includes(name)))
}

/** What the simulator calls by an older name. */
const CURRENT_NAMES: ReadonlyMap<string, string> = new Map([['manufacturer', 'manufacturer_name']])

it.each(documents)('$name: ids that are numbers are ids like any other', async (document) => {
  const clean = await askPlainly(document)
  const numbers = new Map<string, number>()
  const toNumber = (id: string): number => {
    const number = numbers.get(id) ?? 1_000_000 + numbers.size
    numbers.set(id, number)
    return number
  }
  proxy.setRewrite((body) => renumber(body, toNumber))
  proxy.setPath((path) =>
    path.replace(/\/(\d{7})(?=[/?]|$)/g, (_, number: string) => {
      const [id = ''] = [...numbers].find(([, given]) => given === Number(number)) ?? []
      return `/${id}`
    }),
  )
  const inNumbers = (value: unknown): unknown =>
    JSON.parse(
      JSON.stringify(value).replace(UUIDS, (_, before: string, ids: string) => {
        const given = ids.split('/').map((id) => (id === DEFAULT_TENANT_ID ? id : toNumber(id)))
        return `"${before}${given.join('/')}"`
      }),
    ) as unknown
  try {
    const answer = await askAfresh(document, inNumbers(pickVariables(simulator.data)) as object)

    const shown = readShown(schema, document.query)
    const changes = findChanges(inNumbers(clean.data), inNumbers(answer.data))
    expect(changes.filter((path) => !isOpaque(shown, path))).toEqual([])
    expect(inOrder(answer)).toEqual(inOrder(clean))
  } finally {
    proxy.setRewrite()
    proxy.setPath()
  }
})

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const UUIDS = new RegExp(`"((?:\\w+:)?)(${UUID}(?:/${UUID})*)"`, 'g')
const ONE_UUID = new RegExp(`^${UUID}$`)

function renumber(value: unknown, toNumber: (id: string) => number): unknown {
  if (typeof value === 'string') {
    return ONE_UUID.test(value) && value !== DEFAULT_TENANT_ID ? toNumber(value) : value
  }
  if (Array.isArray(value)) return value.map((item) => renumber(item, toNumber))
  if (!isContainer(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, renumber(inner, toNumber)]))
}
