// Aurora, or a server before it, answers with 410 for what it had before.
import { expect, it } from 'vitest'
import { askFixedAurora } from '../support/fixed-aurora.ts'

const GONE = { status: 410, body: { errors: [{ message: 'Gone' }] } }

it('an object that is gone is not found, and is not asked for again at once', async () => {
  await using aurora = await askFixedAurora({ 'GET /projects/p1': GONE })

  const answers = [
    await aurora.ask('{ project(id: "p1") { name } }'),
    await aurora.ask('{ project(id: "p1") { name } }'),
  ]

  for (const { data, errors } of answers) {
    expect(data).toEqual({ project: null })
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['NOT_FOUND'])
  }
  expect(aurora.takeCalls()).toEqual(['GET /projects/p1'])
})

it('what may be absent is null without an error', async () => {
  await using aurora = await askFixedAurora({
    'GET /projects/p1': { project: { id: 'p1', name: 'Elm Street' } },
    'GET /projects/p1/consumption_profile': GONE,
  })

  const { data, errors } = await aurora.ask('{ project(id: "p1") { name consumptionProfile { utility } } }')

  expect(errors).toBe(undefined)
  expect(data).toEqual({ project: { name: 'Elm Street', consumptionProfile: null } })
})
