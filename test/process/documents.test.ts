// `npm run documents` makes a manifest from a folder, the same each time. The gateway accepts it, and the costs are printed.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { doAtOnce } from '../../src/turns/at-once.ts'
import { readManifest } from '../../src/documents/manifest.ts'

const root = new URL('../..', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'documents-'))
afterAll(() => rmSync(folder, { recursive: true }))

function run(...words: string[]) {
  const { PATH = '' } = process.env
  return spawnSync(process.execPath, ['dist/make-manifest.js', ...words], {
    cwd: root,
    env: { PATH },
    encoding: 'utf8',
  })
}

describe('documents of a folder', { timeout: 120_000 }, () => {
  it('become a manifest with the fragments that each needs, and their calls', () => {
    const app = join(folder, 'app')
    mkdirSync(join(app, 'parts'), { recursive: true })
    writeFileSync(
      join(app, 'a.graphql'),
      'query Two { projects(first: 1) { nodes { ...Card } } } query One { tenant { name } }',
    )
    writeFileSync(
      join(app, 'parts', 'card.graphql'),
      'fragment Card on Project { name owner { ...Who } } fragment Who on User { firstName } fragment Unused on User { id }',
    )
    writeFileSync(join(app, 'b.graphql'), 'query Three($id: ID!) { project(id: $id) { name } }')
    writeFileSync(
      join(app, 'c.graphql'),
      'query Four($id: ID!, $count: Int!) { design(id: $id) { name } projects(first: $count) { nodes { id } } }',
    )
    writeFileSync(join(app, 'Three.variables.json'), '{"id":"Project:p"}')
    const out = join(folder, 'manifest.json')
    const made = run(app, '--out', out)
    expect([made.status, made.stdout]).toEqual([0, ''])
    expect(made.stderr).toContain('One: 1 calls expected when nothing is cached (1 to 1)\n')
    expect(made.stderr).toContain(
      'Three: 1 calls expected when nothing is cached (1 to 1) with {"id":"Project:p"}',
    )
    // The variables that nobody has written down are samples of the simulator.
    expect(made.stderr).toMatch(/^Four: 2 calls expected .* with {"id":"Design:[0-9a-f-]{36}","count":20}$/m)
    const { operations } = JSON.parse(readFileSync(out, 'utf8')) as {
      operations: { name: string; body: string }[]
    }
    expect(operations.map(({ name }) => name)).toEqual(['Four', 'One', 'Three', 'Two'])
    expect(operations[2]?.body).toBe(
      'query Three($id: ID!) {\n  project(id: $id) {\n    name\n    __typename\n  }\n}',
    )
    expect(operations[3]?.body).toMatch(/query Two[^]*fragment Card[^]*fragment Who/)
    expect(operations[3]?.body).not.toContain('Unused')
    expect(doAtOnce(readManifest({ path: out, check: () => null })).count).toBe(4)
    expect(run(app, '--out', out, '--check').status).toBe(0)
    writeFileSync(join(app, 'b.graphql'), 'query Three($id: ID!) { project(id: $id) { id } }')
    expect(run(app, '--out', out, '--check').status).toBe(1)
  })

  it.each<[string, string, RegExp]>([
    ['that does not parse', 'query {', /^x\.graphql: Syntax Error/],
    ['without its fragment', '{ tenant { ...Gone } }', /^x\.graphql: there is no fragment Gone/],
    ['that does not fit the schema', 'query X { nothing }', /^x\.graphql: X: Cannot query field/],
    ['twice', 'query X { __typename } query X { __typename }', /^x\.graphql: there are two operations X/],
  ])('one %s is told with its file, and status 1', (_, text, words) => {
    const wrong = mkdtempSync(join(folder, 'wrong-'))
    writeFileSync(join(wrong, 'x.graphql'), text)
    const { status, stdout, stderr } = run(wrong)
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(words)
  })
})
