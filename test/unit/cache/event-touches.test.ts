// What an event touches where it does not name the project: its lists are those of the project that cached answers name.
import { expect, it } from 'vitest'
import { EVENTS } from '../../../src/aurora/events.ts'
import { touchesOfEvent } from '../../../src/cache/event-touches.ts'
import type { EventFacts } from '../../../src/cache/event-touches.ts'

const touchesOf = (ids: EventFacts['ids'], projects?: readonly string[]) =>
  touchesOfEvent(EVENTS.design_created, { ids, projectsAbove: () => projects })

const ofDesign = { operation: 'retrieveDesign', path: { design_id: 'd' } }
const listOf = (path: EventFacts['ids']) => ({ operation: 'listDesigns', path })

it('the list of designs is that of the project that came, or of those that are known, or any', () => {
  expect(touchesOf({ design_id: 'd', project_id: 'p' }, ['another'])).toEqual([
    ofDesign,
    listOf({ project_id: 'p' }),
  ])
  expect(touchesOf({ design_id: 'd' }, ['p', 'q'])).toEqual([
    ofDesign,
    listOf({ project_id: 'p' }),
    listOf({ project_id: 'q' }),
  ])
  for (const unknown of [undefined, []])
    expect(touchesOf({ design_id: 'd' }, unknown)).toEqual([ofDesign, listOf({})])
})
