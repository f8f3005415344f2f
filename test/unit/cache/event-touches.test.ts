// What an event touches where it does not name the project: its lists are those of the project that cached answers name.
import { expect, it } from 'vitest'
import { EVENTS } from '../../../src/aurora/events.ts'
import { touchesOfEvent } from '../../../src/cache/event-touches.ts'
import type { EventFacts } from '../../../src/cache/event-touches.ts'

const touchesOf = (ids: EventFacts['ids'], projects?: readonly string[]) =>
  touchesOfEvent(EVENTS.design_created, { ids, projectsAbove: () => projects })

const ofDesign = { operation: 'retrieveDesign', path: { design_id: 'd' } }
const OF_PROJECT = ['listDesigns', 'listProjectAssets', 'retrieveProjectBillSummary']
/** What the projects show of their designs. */
const listsOf = (...paths: readonly EventFacts['ids'][]) =>
  paths.flatMap((path) => OF_PROJECT.map((operation) => ({ operation, path })))

it('the list of designs is that of the project that came, or of those that are known, or any', () => {
  expect(touchesOf({ design_id: 'd', project_id: 'p' }, ['another'])).toEqual([
    ofDesign,
    ...listsOf({ project_id: 'p' }),
  ])
  expect(touchesOf({ design_id: 'd' }, ['p', 'q'])).toEqual([
    ofDesign,
    ...listsOf({ project_id: 'p' }, { project_id: 'q' }),
  ])
  for (const unknown of [undefined, []])
    expect(touchesOf({ design_id: 'd' }, unknown)).toEqual([ofDesign, ...listsOf({})])
})
