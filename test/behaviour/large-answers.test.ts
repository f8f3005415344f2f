// Large answers: written in turns of the event loop to the same bytes, and refused with a typed error where they are too large.
import { describe, expect, it } from 'vitest'
import { askFixedAurora } from '../support/fixed-aurora.ts'
import type { Answer, AnswerError } from '../support/test-gateway.ts'

const MB = 1024 * 1024
const wide = (name: string) =>
  Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`${name}${index}`, 'é"\\']))
const VERSIONS = { a: wide('a'), b: { c: wide('c') }, list: [wide('d'), 'x'.repeat(100_000)] }
const PROJECT = { project: { id: 'p1', name: 'x'.repeat(3 * MB) } }
const AURORA = { 'GET /versions': VERSIONS, 'POST /projects': PROJECT, 'GET /projects/p1': PROJECT }

const MUTATION = `mutation { createProject(input: { name: "Roof", location: { propertyAddress: "C" } }) { project { name } } }`

const open = (maxAnswerBytes: number) => askFixedAurora(AURORA, { config: { maxAnswerBytes } })

function expectRefused(answer: Answer<unknown>, maxBytes: number): AnswerError {
  expect(answer.data ?? null).toBeNull()
  expect(answer.errors).toHaveLength(1)
  const [error] = answer.errors ?? []
  expect(error?.extensions).toMatchObject({ code: 'QUERY_REJECTED', limit: maxBytes })
  expect(error?.extensions['actual']).toBeGreaterThan(maxBytes)
  return error as AnswerError
}

describe.each(['ask', 'askDirectly'] as const)('a large answer (%s)', (way) => {
  it('has the bytes that JSON.stringify writes, cached or not', async () => {
    await using aurora = await open(16 * MB)
    for (let time = 0; time < 3; time += 1) {
      const { text, data } = await aurora[way]('{ apiVersions again: apiVersions }')
      expect(data).toEqual({ apiVersions: VERSIONS, again: VERSIONS })
      const written = JSON.stringify({ apiVersions: VERSIONS, again: VERSIONS })
      expect(text.startsWith(`{"data":${written},"extensions":{"upstream":`)).toBe(true)
    }
    expect(aurora.takeCalls()).toEqual(['GET /versions'])
  })

  it('with errors is written with them before its data', async () => {
    await using aurora = await open(16 * MB)
    const { text, data, errors } = await aurora[way]('{ apiVersions missing: project(id: "p2") { name } }')
    expect(data).toEqual({ apiVersions: VERSIONS, missing: null })
    expect(errors).toMatchObject([{ path: ['missing'], extensions: { code: 'NOT_FOUND' } }])
    expect(text).toMatch(/^\{"errors":\[/)
  })

  it('beyond its bound is refused, and the next one is answered', async () => {
    await using aurora = await open(2 * MB)
    const answer = await aurora[way]('{ apiVersions again: apiVersions }')
    expectRefused(answer, 2 * MB)
    expect(answer.httpStatus).toBe(400)
    expectRefused(await aurora[way]('{ apiVersions again: apiVersions }'), 2 * MB)
    expect((await aurora[way]('{ apiVersions }')).data).toEqual({ apiVersions: VERSIONS })
    expect(aurora.takeCalls()).toEqual(['GET /versions'])
  })

  it('beyond its bound is refused beside errors', async () => {
    await using aurora = await open(2 * MB)
    expectRefused(
      await aurora[way]('{ apiVersions a: apiVersions missing: project(id: "p2") { name } }'),
      2 * MB,
    )
  })

  it('to a mutation says that the write was carried out', async () => {
    await using aurora = await open(2 * MB)
    const error = expectRefused(await aurora[way](MUTATION), 2 * MB)
    expect(error.extensions['outcome']).toBe('DONE')
    expect(error.message).toContain('It was carried out.')
    expect(aurora.takeCalls()).toEqual(['POST /projects'])
  })

  it('to the first of two mutations ends them, and says that it is not known which were carried out', async () => {
    await using aurora = await open(2 * MB)
    const [, field] = /^mutation \{ (.*) \}$/.exec(MUTATION) ?? []
    const error = expectRefused(await aurora[way](`mutation { a: ${field} b: ${field} }`), 2 * MB)
    expect(error.extensions['outcome']).toBe('UNKNOWN')
    expect(aurora.takeCalls()).toEqual(['POST /projects'])
  })

  it('to a mutation within the bound is given', async () => {
    await using aurora = await open(4 * MB)
    expect((await aurora[way](MUTATION)).data).toEqual({
      createProject: { project: { name: PROJECT.project.name } },
    })
  })
})
