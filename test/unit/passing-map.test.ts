// A map for what comes and goes: it answers as a Map does, and keeps nothing that has gone.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { PassingMap } from '../../src/turns/passing-map.ts'

const step = fc.record({
  is: fc.constantFrom('set' as const, 'set' as const, 'delete' as const, 'burst' as const),
  key: fc.nat(5),
})

it('answers as a Map does, through whole tables of other entries and empty moments', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const [passing, plain] = [new PassingMap<number, number>(), new Map<number, number>()]
      for (const [value, { is, key }] of steps.entries()) {
        if (is === 'delete') {
          passing.delete(key)
          plain.delete(key)
        } else if (is === 'set') {
          passing.set(key, value)
          plain.set(key, value)
        } else
          for (let other = 100; other < 400; other += 1) {
            passing.set(other, value)
            passing.delete(other - 1)
            if (other === 399) passing.delete(other)
          }
        expect(passing.size).toBe(plain.size)
        for (let each = 0; each <= 5; each += 1) expect(passing.get(each)).toBe(plain.get(each))
      }
    }),
  )
})

/** Passes 13 MB through the map, which is empty after each 40 entries, and prints what the old space has grown by. */
const MEASURE = (module: string): string => `
  import { getHeapSpaceStatistics } from 'node:v8'
  const { PassingMap } = await import(${JSON.stringify(module)})
  const readOldBytes = () =>
    getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space').space_used_size
  const map = new PassingMap()
  gc()
  const before = readOldBytes()
  for (let round = 0; round < 400; round += 1) {
    for (let each = 0; each < 40; each += 1) map.set(round * 40 + each, new Array(100).fill(each))
    for (let each = 0; each < 40; each += 1) map.delete(round * 40 + each)
    gc({ type: 'minor' })
  }
  console.log(readOldBytes() - before)`

it('lets small collections take what has gone, where one Map would keep it until a full collection', () => {
  const module = fileURLToPath(new URL('../../src/turns/passing-map.ts', import.meta.url))
  const flags = ['--expose-gc', '--no-allocation-site-pretenuring', '--import', 'tsx']
  const words = [...flags, '--input-type=module', '--eval', MEASURE(module)]
  expect(Number(execFileSync(process.execPath, words, { encoding: 'utf8' }))).toBeLessThan(1_000_000)
})
