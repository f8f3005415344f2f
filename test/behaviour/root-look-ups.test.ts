// Root look-ups of which only ids and parts with reads of their own are asked: the parts show that the object exists.
import { getNamedType, isLeafType, isObjectType, isRequiredArgument } from 'graphql'
import type { GraphQLObjectType } from 'graphql'
import { describe, expect, it } from 'vitest'
import { kindRow } from '../../src/aurora/kinds.ts'
import type { Kind } from '../../src/aurora/kinds.ts'
import { ALL_READS, mayBeNothing, ownReadOf, partsOf } from '../../src/aurora/reads.ts'
import type { ReadEndpoint } from '../../src/aurora/reads.ts'
import { schema } from '../../src/graphql/schema.ts'
import { explain } from '../support/explain.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { openScriptedAurora } from '../support/scripted-aurora.ts'
import type { Scripted } from '../support/scripted-aurora.ts'
import { createTestGateway } from '../support/test-gateway.ts'

const KINDS = [...new Set(ALL_READS.map(({ kind }) => kind))].filter((kind) => partsOf(kind).length > 0)

const typeOf = (kind: Kind): GraphQLObjectType => {
  const type = schema.getType(kindRow(kind).typeName ?? '')
  if (!isObjectType(type)) throw new Error(`no type shows a ${kind}`)
  return type
}

/** The field that shows a part, with an alias of its operation's name. */
function fieldOf(kind: Kind, { operation }: ReadEndpoint): string {
  const field = Object.values(typeOf(kind).getFields()).find(
    ({ extensions }) => extensions['operation'] === operation,
  )
  if (!field) throw new Error(`no field shows ${operation}`)
  const args = field.args.some(isRequiredArgument) ? '(jobId: "j-1")' : ''
  const below = isLeafType(getNamedType(field.type)) ? '' : ' { __typename }'
  return `${operation}: ${field.name}${args}${below}`
}

/** A field that only the object's own read can answer. */
function memberOf(kind: Kind): string {
  const repeated = partsOf(kind).flatMap(({ repeats = [] }) => repeats)
  const field = Object.values(typeOf(kind).getFields()).find(({ type, args, extensions }) => {
    const needs = [extensions['needs']].flat()
    const isPlain = String(type) === 'String' && args.length === 0
    return isPlain && needs.length === 1 && !repeated.includes(String(needs[0]))
  })
  if (!field) throw new Error(`no member of a ${kind} is plain`)
  return field.name
}

const ask = (kind: Kind, id: string, fields: readonly string[]): string =>
  `{ object: ${kind}(id: "${id}") { id auroraId __typename ${fields.join(' ')} } }`

/** An id says how the object's own read and the reads of its parts are answered: `there.404.a`. */
const idOf = (own: 'there' | 'gone', part: Scripted, mark = 'a'): string => `${own}.${part}.${mark}`

const scriptOf =
  (kind: Kind) =>
  (read: ReadEndpoint, ids: readonly string[]): Scripted => {
    const [own, part] = (ids[0] ?? '').split('.')
    if (read.operation === ownReadOf(kind)?.operation) return own === 'there' ? 'something' : 404
    const status = Number(part)
    return Number.isNaN(status) ? (part as Scripted) : (status as Scripted)
  }

async function open(kind: Kind) {
  const aurora = await openScriptedAurora(scriptOf(kind))
  const clock = createManualClock()
  const gateway = await createTestGateway({
    baseUrl: aurora.url,
    clock,
    config: { maxWaitMs: 0 },
  })
  const spend = async (query: string) => {
    const {
      data,
      errors = [],
      extensions,
    } = await gateway.ask<{ object: Record<string, unknown> | null }>(query)
    const calls = aurora.takeCalls()
    expect(extensions.upstream.calls).toBe(calls.length)
    return {
      object: data?.object,
      errors: errors.map(({ path, extensions: { code } }) => [code, path]),
      calls,
    }
  }
  return {
    clock,
    gateway,
    aurora,
    spend,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await aurora[Symbol.asyncDispose]()
    },
  }
}

/** Neither shows the part nor that the object is absent. A job without a body is still that job. */
const answersInDoubt = ({ wrapper, form }: ReadEndpoint): readonly Scripted[] =>
  wrapper === null || form === 'job' ? [422] : [422, 'nothing']

const ABSENT = { object: null, errors: [['NOT_FOUND', ['object']]] }

describe.each(KINDS)('%s', (kind) => {
  const own = ownReadOf(kind)?.operation ?? ''
  const parts = partsOf(kind)
  const typeName = kindRow(kind).typeName ?? ''
  const shownAs = (id: string) => ({ id: `${typeName}:${id}`, auroraId: id, __typename: typeName })

  it.each(parts.map((part) => [part.operation, part] as const))('and %s', async (operation, part) => {
    await using line = await open(kind)
    const { spend } = line
    const query = (id: string) => ask(kind, id, [fieldOf(kind, part)])
    const ordinary = part.mayBeAbsent === true

    // It is not asked whether the object exists: the part shows it.
    const shown = idOf('there', 'something')
    const plan = await explain(line.gateway, query(shown))
    expect(plan.calls).toEqual({ min: 1, expected: plan.calls.expected, max: mayBeNothing(part) ? 2 : 1 })
    expect(plan.steps[0]).toMatchObject({ path: `object.${operation}`, operation })
    const first = await spend(query(shown))
    expect(first).toMatchObject({ object: shownAs(shown), errors: [], calls: [operation] })
    expect(first.object?.[operation]).not.toBeNull()
    expect(await spend(query(shown))).toEqual({ ...first, calls: [] })

    // A part that is not there leaves it in doubt, so the object is looked up.
    const alone = idOf('there', 404)
    expect(await spend(query(alone))).toEqual({
      object: { ...shownAs(alone), [operation]: null },
      errors: ordinary ? [] : [['NOT_FOUND', ['object', operation]]],
      calls: [operation, own].toSorted(),
    })
    expect(await spend(query(idOf('gone', 404)))).toEqual({ ...ABSENT, calls: [operation, own].toSorted() })
    expect(await spend(query(idOf('gone', 404)))).toEqual({ ...ABSENT, calls: [] })
    for (const answer of answersInDoubt(part)) {
      expect(await spend(query(idOf('gone', answer)))).toEqual({
        ...ABSENT,
        calls: [operation, own].toSorted(),
      })
      const { object, calls } = await spend(query(idOf('there', answer)))
      expect(object).toMatchObject(shownAs(idOf('there', answer)))
      expect(calls).toEqual([operation, own].toSorted())
    }

    // Any other refusal is that of the part.
    for (const [status, code] of [
      [403, 'FORBIDDEN'],
      [429, 'RATE_LIMITED'],
    ] as const)
      expect(await spend(query(idOf('there', status)))).toEqual({
        object: { ...shownAs(idOf('there', status)), [operation]: null },
        errors: [[code, ['object', operation]]],
        calls: [operation],
      })
  })

  it('known from its own read is not looked up again, whatever its parts say', async () => {
    await using line = await open(kind)
    for (const [mark, answer] of (['something', 'nothing', 404, 403] as const).entries()) {
      const id = idOf('there', answer, String(mark))
      expect((await line.spend(ask(kind, id, [memberOf(kind)]))).calls).toEqual([own])
      const { object, calls } = await line.spend(
        ask(
          kind,
          id,
          parts.map((part) => fieldOf(kind, part)),
        ),
      )
      expect(object).toMatchObject(shownAs(id))
      expect(calls).toEqual(parts.map(({ operation }) => operation).toSorted())
    }
  })

  it('that does not exist is looked up once, however many parts and aliases ask', async () => {
    await using line = await open(kind)
    const id = idOf('gone', 404)
    const fields = parts.map((part) => fieldOf(kind, part).replace(/^\w+: /, '')).join(' ')
    const query = `{ a: ${kind}(id: "${id}") { ${fields} } b: node(id: "${typeName}:${id}") { id ... on ${typeName} { ${fields} } } }`
    const { data, errors = [] } = await line.gateway.ask(query)
    expect(data).toEqual({ a: null, b: null })
    expect(errors.map(({ path, extensions: { code } }) => [code, path])).toEqual([
      ['NOT_FOUND', ['a']],
      ['NOT_FOUND', ['b']],
    ])
    const calls = line.aurora.takeCalls()
    expect(calls.filter((each) => each === own)).toEqual([own])
    expect(calls.length).toBeLessThanOrEqual(parts.length + 1)
    // Where there is a part that every such object has, it is asked first and alone.
    if (parts.some((part) => !mayBeNothing(part))) expect(calls).toHaveLength(2)
  })

  it('that was found not to exist is not shown by a part that is cached from before', async () => {
    await using line = await open(kind)
    const id = idOf('gone', 'something')
    const [part] = parts
    if (!part) throw new Error('no part')
    const query = ask(kind, id, [fieldOf(kind, part)])
    expect((await line.spend(query)).object).toMatchObject(shownAs(id))
    // The second answer cost nothing, so it is remembered as a whole.
    expect((await line.spend(query)).calls).toEqual([])
    expect((await line.spend(query)).calls).toEqual([])
    // The answer to this is remembered for seconds; that the object was absent, for longer.
    expect(await line.spend(ask(kind, id, [memberOf(kind)]))).toEqual({ ...ABSENT, calls: [own] })
    expect(await line.spend(query)).toEqual({ ...ABSENT, calls: [] })
    await line.clock.advance(11_000)
    expect(await line.spend(query)).toEqual({ ...ABSENT, calls: [own] })
  })

  it('of which only ids are asked is looked up, as nothing else shows that it exists', async () => {
    await using line = await open(kind)
    const [there, gone] = [idOf('there', 'something'), idOf('gone', 'something')]
    expect(await line.spend(ask(kind, there, []))).toEqual({
      object: shownAs(there),
      errors: [],
      calls: [own],
    })
    expect(await line.spend(ask(kind, gone, []))).toEqual({ ...ABSENT, calls: [own] })
    const skipped = parts.map((part) => fieldOf(kind, part).replace(/( \{|$)/, ' @skip(if: true)$1'))
    expect((await line.spend(ask(kind, idOf('gone', 'something', 'b'), skipped))).calls).toEqual([own])
  })

  it('as data, by `nodeResult`, is looked up in the same way', async () => {
    await using line = await open(kind)
    const [part] = parts
    if (!part) throw new Error('no part')
    const query = (id: string) =>
      `{ nodeResult(id: "${typeName}:${id}") { n: node { id ... on ${typeName} { ${fieldOf(kind, part)} } } errors { code } } }`
    const { data } = await line.gateway.ask<{ nodeResult: object }>(query(idOf('there', 'something')))
    expect(data?.nodeResult).toMatchObject({
      n: { id: `${typeName}:${idOf('there', 'something')}` },
      errors: [],
    })
    expect(line.aurora.takeCalls()).toEqual([part.operation])
    const absent = await line.gateway.ask(query(idOf('gone', 404)))
    expect(absent.data).toEqual({ nodeResult: { n: null, errors: [{ code: 'NOT_FOUND' }] } })
    expect(line.aurora.takeCalls()).toEqual([part.operation, own].toSorted())
    const { steps } = await explain(line.gateway, query(idOf('there', 'something', 'b')))
    expect(steps[0]?.path).toBe(`nodeResult.n.${part.operation}`)
  })
})

describe('the summary of a design', () => {
  it.each([
    ['sizes alone', 'systemSizeStc systemSizeAc', ['retrieveDesignSummary']],
    ['what it repeats', 'projectId createdAt summary { __typename }', ['retrieveDesignSummary']],
    ['sizes and what it repeats', 'createdAt systemSizeStc', ['retrieveDesignSummary']],
    ['what it repeats, without it', 'createdAt', ['retrieveDesign']],
    [
      'what it lacks',
      'name systemSizeStc summary { __typename }',
      ['retrieveDesign', 'retrieveDesignSummary'],
    ],
  ])('answers %s', async (_what, fields, calls) => {
    await using gateway = await createTestGateway()
    const { data } = gateway.simulator
    const record = data.design(data.designIds[0] ?? '')
    const query = `{ design(id: "${record?.design.id}") { ${fields} } }`
    const plan = await explain(gateway, query)
    const answer = await gateway.ask<{ design: Record<string, unknown> }>(query)
    expect(answer.errors).toBeUndefined()
    expect(gateway.simulator.calls.map(({ operationId }) => String(operationId)).toSorted()).toEqual(calls)
    expect(plan.calls).toEqual({ min: calls.length, expected: calls.length, max: calls.length })
    const { design } = answer.data ?? {}
    if (design && 'createdAt' in design)
      expect(Date.parse(String(design['createdAt']))).toBe(Date.parse(record?.design.created_at ?? ''))
    if (design && 'projectId' in design) expect(design['projectId']).toBe(record?.design.project_id)
  })
})

describe('a project that was deleted here', () => {
  it('is not shown by lists that Aurora still gives of it', async () => {
    await using gateway = await createTestGateway()
    const { data } = gateway.simulator
    const project = data.projects.find(({ id }) => data.designsOf(id).length > 0)
    const designs = `{ project(id: "${project?.id}") { id designs { name } } }`
    expect((await gateway.ask(designs)).errors).toBeUndefined()
    await gateway.ask(`mutation { deleteProject(id: "${project?.id}") { deletedProjectId } }`)
    gateway.takeCalls()
    const { data: shown, errors = [] } = await gateway.ask(designs)
    expect(shown).toEqual({ project: null })
    expect(errors.map(({ path, extensions: { code } }) => [code, path])).toEqual([['NOT_FOUND', ['project']]])
    expect(gateway.takeCalls()).toEqual(['1 GET /tenants/{}/projects/{}'])
  })

  it('takes the parts of its designs along, also of a design that no list has shown', async () => {
    await using gateway = await createTestGateway()
    const { data } = gateway.simulator
    const record = data.design(data.designIds[0] ?? '')
    const summary = `{ design(id: "${record?.design.id}") { id summary { __typename } } }`
    expect((await gateway.ask(summary)).errors).toBeUndefined()
    await gateway.ask(
      `mutation { deleteProject(id: "${record?.design.project_id}") { deletedProjectId errors { code } } }`,
    )
    gateway.takeCalls()
    await gateway.ask(summary)
    expect(gateway.takeCalls()).toContain('1 GET /tenants/{}/designs/{}/summary')
  })
})
