// Uses of answers are reported within about a second, and nothing that is over is held for them.
import { describe, expect, it } from 'vitest'
import { createUses } from '../../../src/answers/uses.ts'

const SECOND = 1000

function open() {
  const reports: [name: string, times: number][] = []
  const uses = createUses<{ readonly name: string }>(({ name }, times) => void reports.push([name, times]))
  return { ...uses, reports }
}

const nameEach = (count: number) => Array.from({ length: count }, (_, index) => ({ name: `a-${index}` }))

describe('the uses of an answer', () => {
  it('that was used twice in a second are reported with the requests that follow, whatever they ask', () => {
    const { noteUse, reportDue, reports } = open()
    const one = { name: 'one' }
    noteUse(one, 0)
    noteUse(one, 1)
    noteUse(one, 2)
    reportDue(SECOND)
    expect(reports).toEqual([['one', 1]])
    reportDue(SECOND + 1)
    expect(reports).toEqual([
      ['one', 1],
      ['one', 2],
    ])
    noteUse(one, SECOND + 2)
    expect(reports).toHaveLength(2)
    noteUse({ name: 'other' }, 3 * SECOND)
    expect(reports.slice(2)).toEqual([
      ['other', 1],
      ['one', 1],
    ])
  })

  it('that is over are not reported', () => {
    const { noteUse, reportUses, forget, reports } = open()
    const one = { name: 'one' }
    noteUse(one, 0)
    noteUse(one, 1)
    forget(one)
    reportUses()
    expect(reports).toEqual([['one', 1]])
  })

  it('are reported for two answers at most with one request, and for each in the end', () => {
    const { noteUse, reportDue, reports } = open()
    const answers = nameEach(100)
    for (const nowMs of [0, 1]) for (const answer of answers) noteUse(answer, nowMs)
    expect(reports).toHaveLength(100)
    for (let turn = 1; turn <= 60; turn += 1) {
      reportDue(2 * SECOND)
      expect(reports).toHaveLength(Math.min(200, 100 + 2 * turn))
    }
    expect(new Set(reports.slice(100).map(([name]) => name)).size).toBe(100)
  })

  it('are reported early where more than 500 answers wait', () => {
    const { noteUse, reports } = open()
    for (const nowMs of [0, 1]) for (const answer of nameEach(600)) noteUse(answer, nowMs)
    expect(reports).toHaveLength(1200)
    reports.length = 0
    const answers = nameEach(600)
    for (const nowMs of [0, 1]) for (const answer of answers) noteUse(answer, nowMs)
    expect(reports.slice(600)).toEqual(nameEach(100).map(({ name }) => [name, 1]))
  })
})
