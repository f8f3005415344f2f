// What the documents say is true: tables against the code, links, and the README's first query with its answer.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { KINDS } from '../src/aurora/kinds.ts'
import { ERROR_CODES } from '../src/errors/codes.ts'
import { createTestGateway } from './support/test-gateway.ts'

const root = new URL('..', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'examples/README.md',
  ...readdirSync(new URL('docs', root), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
]

/** The cells of every table row of a document. */
const rows = (path: string): string[][] =>
  read(path)
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )

describe('the documents', () => {
  it('docs/errors.md has every code with its meaning and advice', () => {
    const table = rows('docs/errors.md').filter(([code]) => /^`[A-Z_]+`$/.test(code ?? ''))
    const expected = Object.entries(ERROR_CODES).map(([code, row]) => [
      `\`${code}\``,
      row.meaning,
      row.advice,
    ])
    expect(table).toEqual(expected)
  })

  it('docs/security.md has every yardstick, and tests whose titles begin with its number', () => {
    const tests = readdirSync(new URL('test', root), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.ts'))
      .map((file) => read(`test/${file}`))
      .join('\n')
    const numbers = rows('docs/security.md').flatMap(([number = '']) =>
      /^S\d+$/.test(number) ? [number] : [],
    )
    const wanted = Array.from({ length: 16 }, (_, index) => `S${index + 1}`).filter(
      (number) => number !== 'S12',
    )
    expect(numbers).toEqual(wanted)
    const untested = wanted.filter((number) => !new RegExp(`['"\`]${number} `).test(tests))
    expect(untested).toEqual([])
  })

  it('docs/security.md names tests that are there', () => {
    const named = [...read('docs/security.md').matchAll(/`(test\/[^`]+)`/g)].map(([, path = '']) => path)
    expect(named.filter((path) => !existsSync(new URL(path, root)))).toEqual([])
  })

  it('the README names every code', () => {
    for (const code of Object.keys(ERROR_CODES)) expect(read('README.md')).toContain(`\`${code}\``)
  })

  it('docs/caching.md has every kind with its lifetimes', () => {
    const table = new Map(
      rows('docs/caching.md').flatMap(([kinds = '', ...ages]) =>
        kinds.split(', ').map((kind) => [kind, ages]),
      ),
    )
    for (const [kind, { lifetime }] of Object.entries(KINDS)) {
      const { freshMs, staleMs, keptMs } = lifetime
      expect([kind, ...(table.get(kind)?.slice(0, 3) ?? [])]).toEqual([
        kind,
        ...[freshMs, staleMs, keptMs].map(inWords),
      ])
    }
  })

  it.each(documents)('%s links to files that are there', (path) => {
    const links = [...read(path).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = '']) => link)
    const missing = links.filter((link) => !existsSync(new URL(link, new URL(path, root))))
    expect(missing).toEqual([])
  })

  it("the README's first query gives the README's answer", async () => {
    await using gateway = await createTestGateway({ config: { rateLimit: 90 } })
    const readme = read('README.md')
    const { query } = JSON.parse(readme.match(/-d '(\{"query".*\})'/)?.[1] ?? '') as { query: string }
    const shown = JSON.parse(readme.match(/```json\n([^]*?)```/)?.[1] ?? '') as Record<string, unknown>
    const { data, extensions } = await gateway.ask(query)
    const volatile = { resetAt: expect.any(String) as string, queuedMs: expect.any(Number) as number }
    expect({ data, extensions }).toEqual({
      data: shown['data'],
      extensions: { upstream: { ...(shown['extensions'] as { upstream: object }).upstream, ...volatile } },
    })
  })
})

describe('the examples', () => {
  const examples = readdirSync(new URL('examples', root)).filter((file) => file.endsWith('.graphql'))
  const table = new Map(
    rows('examples/README.md').map(([name = '', , ...calls]) => [name.match(/\((.*)\)/)?.[1], calls]),
  )

  it.each(examples)(
    '%s runs as it stands, without an error, for the calls that the page says',
    async (file) => {
      await using gateway = await createTestGateway()
      const answer = await gateway.ask(read(`examples/${file}`))
      expect(answer.errors).toBeUndefined()
      expect(answer.data).not.toBeNull()
      const again = await gateway.ask(read(`examples/${file}`))
      expect(table.get(file)).toEqual([answer, again].map(({ extensions }) => `${callsOf(extensions)}`))
    },
  )
})

function callsOf(extensions: unknown): number {
  return (extensions as { upstream: { calls: number } }).upstream.calls
}

function inWords(ms: number): string {
  const units = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
  ] as const
  const [name, unitMs] = units.find(([, size]) => ms % size === 0) ?? ['second', 1000]
  const count = ms / unitMs
  return `${count} ${name}${count === 1 ? '' : 's'}`
}
