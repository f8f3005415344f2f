// Imagined objects of one answer: what all of them have is copied, and that is quick.
import { expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import { beginAnswer, makeObject, planObjects } from '../../../src/planning/imagined-objects.ts'
import { createSeries } from '../../../src/planning/series.ts'
import { hasLayout, haveSameLayout } from '../../support/same-layout.ts'

const planProjects = () =>
  planObjects({
    outlook: 'expected',
    seriesOf: createSeries(),
    typical: null,
    question: { endpoint: READS.retrieveProject, path: {} },
  })

it('what all objects have is an object with a hidden class, however many members it has', () => {
  const { common } = planProjects()
  expect(Object.keys(common).length).toBeGreaterThan(16)
  expect(hasLayout(common)).toBe(true)
})

it('the objects of one answer have one hidden class, although their ids and links differ', () => {
  const answer = beginAnswer(planProjects(), 1000)
  let made = 0
  expect(haveSameLayout(() => makeObject(answer, `imagined-project-${(made += 1)}`))).toBe(true)
  const last = makeObject(answer, 'imagined-project-0')
  expect(hasLayout(last)).toBe(true)
  expect(last).toMatchObject({ id: 'imagined-project-0', owner_id: expect.stringMatching(/^imagined-/) })
})
