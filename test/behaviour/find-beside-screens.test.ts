// A first search of 5,000 projects beside screens that use the same key: how soon it is answered, and what that costs the screens.
import { expect, it } from 'vitest'
import { CALL_MS, searchBesideScreens } from '../support/finding-hour.ts'

const MINUTES = 10
const PROJECTS = 5000
/** 20 full pages, and one that shows that nothing follows. */
const CALLS = 21

it.each([1, 2, 3])(
  'where slots are free, it is complete as soon as its calls are answered, and no screen is later (%i)',
  async (seed) => {
    const screens = { seed, minutes: MINUTES, callsAMinute: 30 }
    const alone = await searchBesideScreens({ ...screens, projects: 0 })
    const beside = await searchBesideScreens({ ...screens, projects: PROJECTS })
    expect(beside.found).toEqual({ tookMs: CALLS * CALL_MS, requests: 1, calls: CALLS })
    expect(beside.callsOfNext).toBe(0)
    expect(beside.screenMs).toEqual(alone.screenMs)
    expect(beside.screenMs.length).toBeGreaterThan(20)
  },
)

it('where screens use up the minutes, it takes its turn: it is answered, and takes no more slots than it needs', async () => {
  const screens = { seed: 2, minutes: MINUTES, callsAMinute: 75 }
  const alone = await searchBesideScreens({ ...screens, projects: 0 })
  const beside = await searchBesideScreens({ ...screens, projects: PROJECTS })
  expect(beside.found).toMatchObject({ calls: CALLS })
  expect(beside.found?.tookMs).toBeLessThan(2 * 60_000)
  expect(beside.mostInAnyWindow).toBeLessThanOrEqual(90)
  // The slots of the search come back after a window: a screen is no later than that.
  const later = beside.screenMs.map((ms, nth) => ms - (alone.screenMs[nth] ?? 0))
  expect(Math.max(...later)).toBeLessThan(60_000)
  expect(later.filter((ms) => ms > 1000).length).toBeLessThan(CALLS)
  // Else the minutes were not used up.
  expect(Math.max(...alone.screenMs)).toBeGreaterThan(2000)
})
