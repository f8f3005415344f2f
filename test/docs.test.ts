// What the documents say is true: printed tables, the layers of the line, links, and the README's first query with its answer.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { PRINTED_PAGES, printTables } from '../docs/tables.ts'
import { ERROR_CODES } from '../src/errors/codes.ts'
import { createTestGateway } from './support/test-gateway.ts'

const root = new URL('..', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'examples/README.md',
  'examples/board/README.md',
  'deploy/README.md',
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

/** Each heading of a page as the part of an address that leads to it, as GitHub makes it. */
const anchorsOf = (path: string): string[] =>
  [...read(path).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  )

describe('the documents', () => {
  it('say in their markers which tables are printed, each once', () => {
    const names = documents.flatMap((path) =>
      [...read(path).matchAll(/<!-- printed by npm run docs: (\w+) -->/g)].map(([, name]) => [path, name]),
    )
    expect(names).toEqual([
      ['docs/architecture.md', 'imports'],
      ['docs/caching.md', 'lifetimes'],
      ['docs/caching.md', 'writes'],
      ['docs/errors.md', 'errors'],
      ['docs/metrics.md', 'metrics'],
      ['docs/operations.md', 'operations'],
      ['docs/settings.md', 'settings'],
      ['docs/webhooks.md', 'events'],
    ])
    expect([...new Set(names.map(([path]) => path))]).toEqual(PRINTED_PAGES.map((page) => `docs/${page}`))
  })

  it.each(PRINTED_PAGES)('docs/%s has its printed tables as the code is now', async (page) => {
    const text = read(`docs/${page}`)
    expect(text, 'the page is not current: run npm run docs').toBe(await printTables(text))
  })

  it('docs/architecture.md lists the layers of the line as src/gateway/line.ts does', () => {
    const arrays = [...read('src/gateway/line.ts').matchAll(/const (\w+): Layer\[\] = \[\n([^]*?)\n {2}\]/g)]
    const layers = arrays.flatMap(([, part, lines = '']) =>
      lines.split('\n').map((line) => [`\`${part}\``, `\`${line.match(/^ +(?:shared\.)?(\w+)/)?.[1]}\``]),
    )
    const listed = rows('docs/architecture.md').filter(([, layer]) => /^`with\w+`$/.test(layer ?? ''))
    expect(layers.length).toBeGreaterThan(10)
    expect(listed.map((cells) => cells.slice(0, 2))).toEqual(layers)
  })

  it('docs/security.md has every yardstick, and tests whose titles begin with its number', () => {
    const tests = readdirSync(new URL('test', root), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.ts'))
      .map((file) => read(`test/${file}`))
      .join('\n')
    const numbers = rows('docs/security.md').flatMap(([number = '']) =>
      /^S\d+$/.test(number) ? [number] : [],
    )
    const wanted = Array.from({ length: 17 }, (_, index) => `S${index + 1}`)
    expect(numbers).toEqual(wanted)
    const untested = wanted.filter((number) => !new RegExp(`['"\`]${number} `).test(tests))
    expect(untested).toEqual([])
  })

  it('docs/security.md names tests that are there', () => {
    const named = [...read('docs/security.md').matchAll(/`(test\/[^`]+)`/g)].map(([, path = '']) => path)
    expect(named.filter((path) => !existsSync(new URL(path, root)))).toEqual([])
  })

  it('the README is short, and begins with what, for whom, how fast, and two commands', () => {
    const lines = read('README.md').split('\n')
    expect(lines.length).toBeLessThan(200)
    const screen = lines.slice(0, 40).join('\n')
    for (const part of [
      '161 calls',
      '**Frontend apps**',
      'bench/speed.svg',
      'git clone',
      'npm start',
      'npm test',
    ])
      expect(screen).toContain(part)
  })

  it('the README names every code', () => {
    for (const code of Object.keys(ERROR_CODES)) expect(read('README.md')).toContain(`\`${code}\``)
  })

  it.each(documents)('%s links to files that are there', (path) => {
    const links = [...read(path).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = '']) => link)
    const missing = links.filter((link) => !existsSync(new URL(link, new URL(path, root))))
    expect(missing).toEqual([])
  })

  it.each(documents)('%s links to headings that are there', (path) => {
    const links = [...read(path).matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)]
    const missing = links.filter(([, file = '', anchor = '']) => {
      const target = file === '' ? path : new URL(file, new URL(path, root)).href.slice(root.href.length)
      return !anchorsOf(target).includes(anchor)
    })
    expect(missing.map(([link]) => link)).toEqual([])
  })

  it('docs/clients.md shows code that the tests of the clients run', () => {
    const folder = 'test/clients/recipes'
    const recipes = readdirSync(new URL(folder, root)).map((file) => read(`${folder}/${file}`))
    const shown = [...read('docs/clients.md').matchAll(/```ts\n([^]*?)```/g)].map(([, code = '']) => code)
    const unknown = shown.filter((code) => !recipes.some((recipe) => recipe.includes(code)))
    expect(shown.length).toBe(recipes.length)
    expect(unknown).toEqual([])
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
