// Limits that single tests have in the place of those in vitest.config.ts: a shorter one fails where the machine is slow.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const FOLDER = new URL('./', import.meta.url)
/** A poll ends shortly before its test does, so that it shows what it has seen last. */
const SHORTEST_MS = 100_000

/** As the option `timeout`, or as the last argument of a test or a hook. */
const LIMIT = /\btimeout: (?<option>\d[\d_]*)|^\s*\}, (?<argument>\d[\d_]{3,})\)$/gm

function shortLimits(texts: ReadonlyMap<string, string>): string[] {
  return [...texts].flatMap(([path, text]) =>
    [...text.matchAll(LIMIT)].flatMap(({ groups = {} }) => {
      const given = groups['option'] ?? groups['argument'] ?? ''
      return Number(given.replaceAll('_', '')) < SHORTEST_MS ? [`${path}: ${given}`] : []
    }),
  )
}

describe('a test', () => {
  it('has no limit of its own that a slow machine would not keep', () => {
    const paths = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.ts'),
    )
    const texts = new Map(paths.map((path) => [path, readFileSync(new URL(path, FOLDER), 'utf8')]))
    expect(texts.size).toBeGreaterThan(100)
    expect(shortLimits(texts)).toEqual([])
  })

  it('with such a limit is found', () => {
    const option = `await expect.poll(read, { timeout: ${30_000} }).toBe(1)`
    const argument = `it('a', () => {\n}, ${5000})\n`
    const texts = new Map([
      ['a.ts', option],
      ['b.ts', argument],
      ['c.ts', argument.replace('5000', '240_000')],
    ])
    expect(shortLimits(texts)).toEqual(['a.ts: 30000', 'b.ts: 5000'])
  })
})
