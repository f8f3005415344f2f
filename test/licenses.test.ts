// What we bring in from others: under which licence, from where, not below which version, and written down why.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

interface LockedPackage {
  readonly version: string
  readonly license?: string
  readonly resolved?: string
  readonly integrity?: string
  readonly dev?: boolean
  readonly link?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

interface Manifest {
  readonly engines: { readonly node: string }
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
  readonly overrides: Readonly<Record<string, unknown>>
}

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

const manifest = JSON.parse(read('package.json')) as Manifest
const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, LockedPackage> }
const page = read('docs/dependencies.md')

/** `node_modules/a/node_modules/@b/c` is one installed copy of `@b/c`; the entry '' is ourselves. */
const installed = Object.entries(lock.packages)
  // Ourselves, and the clients' workspace, which is a part of us.
  .filter(([path, { link }]) => path.includes('node_modules/') && link !== true)
  .map(([path, locked]) => ({ ...locked, path, name: path.slice(path.lastIndexOf('node_modules/') + 13) }))

/** Permissive licences that ask for no more than their own text. */
const ALLOWED = ['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0']

/** Tools that are run while developing and never handed on, but for what the page of the query editor is built from. */
const ALLOWED_IN_DEVELOPMENT = [
  ...ALLOWED,
  'MPL-2.0',
  'Python-2.0',
  'PSF-2.0',
  'CC0-1.0',
  'CC-BY-3.0',
  'CC-BY-4.0',
]

/**
 * The licence of Apollo's composer and router: it forbids to offer them as a service, and they only run in tests, beside the
 * gateway.
 */
const ALLOWED_IN_TESTS: Readonly<Record<string, RegExp>> = { 'Elastic-2.0': /^@apollo\// }

/**
 * An SPDX expression: one side of OR will do, both of AND must. AND binds closer (SPDX 2.3, annex D.4.5). What it cannot
 * read it does not allow.
 */
function isAllowed(expression: string, allowed: readonly string[]): boolean {
  const words = expression.match(/[()]|[^\s()]+/g) ?? []
  let at = 0
  const either = (): boolean => {
    let holds = both()
    while (words[at] === 'OR') {
      at += 1
      // On the left: both() has to read its words whether or not they still matter.
      holds = both() || holds
    }
    return holds
  }
  const both = (): boolean => {
    let holds = single()
    while (words[at] === 'AND') {
      at += 1
      holds = single() && holds
    }
    return holds
  }
  const single = (): boolean => {
    const word = words[at]
    at += 1
    if (word !== '(') return word !== undefined && allowed.includes(word)
    const holds = either()
    const isClosed = words[at] === ')'
    at += 1
    return holds && isClosed
  }
  return either() && at === words.length
}

const numbersOf = (version: string): number[] => version.split('.').map((part) => Number.parseInt(part, 10))

function isAtLeast(version: string, floor: string): boolean {
  const [numbers, floors] = [numbersOf(version), numbersOf(floor)]
  const index = floors.findIndex((wanted, place) => wanted !== numbers[place])
  return index === -1 || (numbers[index] ?? 0) > (floors[index] ?? 0)
}

/** Below these there is a published hole that a caller of the gateway, or Aurora, could use. */
const FLOORS: ReadonlyArray<readonly [name: string, floor: string, because: string]> = [
  ['graphql', '16.15.0', 'bounds the work of validation, which repeated fields and fragments could multiply'],
  ['graphql-yoga', '5.21.3', 'closes prototype pollution by multipart bodies'],
  ['undici', '7.29.0', "stops its shared cache from answering one credential with another's bytes"],
  ['@pothos/plugin-complexity', '4.2.3', 'counts repeated fragments without exponential work'],
  ['dset', '3.1.4', 'closes prototype pollution'],
  ['ioredis', '5.0.0', 'is the first with the connection handling that the budget relies on'],
]

describe('every installed package', () => {
  it('S16 has a licence that we may use it under', () => {
    const wrong = installed.filter(
      ({ name, license = 'none', dev = false }) =>
        !isAllowed(license, dev ? ALLOWED_IN_DEVELOPMENT : ALLOWED) &&
        !(dev && ALLOWED_IN_TESTS[license]?.test(name)),
    )
    expect(wrong.map(({ path, license }) => `${path}: ${license ?? 'none'}`)).toEqual([])
  })

  it('S16 has a licence that we may hand it on under where it is built into the page of the query editor', () => {
    const notices = read('dist/graphiql/THIRD-PARTY-NOTICES.txt')
    const heads = notices.matchAll(/(?:^|-{80}\n\n)(\S+) \d\S* \((.+?)\)(?:,.*)?\n/g)
    const built = [...heads].map(([, name = '', license = '']) => ({ name, license }))
    expect(built.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['@graphiql/react', 'graphiql', 'monaco-editor', 'react-dom']),
    )
    expect(built.filter(({ license }) => !isAllowed(license, ALLOWED))).toEqual([])
  })

  it('S16 is pinned by a checksum', () => {
    expect(installed.filter(({ integrity }) => !integrity?.startsWith('sha512-'))).toEqual([])
  })

  it('S16 names no address: each installer asks its own registry, and none is sent elsewhere', () => {
    const elsewhere = installed.filter(({ resolved }) => resolved !== undefined)
    expect(elsewhere.map(({ path, resolved }) => `${path}: ${resolved}`)).toEqual([])
  })

  it('has all of its own packages in the lock file too, the optional ones included, or npm ci refuses the file', () => {
    const names = new Set(installed.map(({ name }) => name))
    const missing = installed.flatMap(({ path, dependencies, optionalDependencies }) =>
      Object.keys({ ...dependencies, ...optionalDependencies })
        .filter((name) => !names.has(name))
        .map((name) => `${path} -> ${name}`),
    )
    expect(missing).toEqual([])
  })

  it.each(FLOORS)('S16 %s is at least %s, which %s', (name, floor) => {
    const low = installed.filter((each) => each.name === name && !isAtLeast(each.version, floor))
    expect(low.map(({ path, version }) => `${path}@${version}`)).toEqual([])
  })

  it('is there only once where two copies would not know each other', () => {
    expect(installed.filter(({ name }) => name === 'graphql')).toHaveLength(1)
  })
})

describe('every direct dependency', () => {
  const direct = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })

  it('is named with its exact version', () => {
    // `npm:name@1.2.3` installs a package under another name.
    expect(direct.filter(([, version]) => !/^(?:npm:\S+@)?\d+\.\d+\.\d+$/.test(version))).toEqual([])
  })

  it.each([
    ['In the server', manifest.dependencies],
    ['While developing', manifest.devDependencies],
    ['Overrides', manifest.overrides],
  ])('has its line in docs/dependencies.md, and what is gone has none: %s', (heading, names) => {
    expect(rowsUnder(heading).map(([name]) => name)).toEqual(Object.keys(names).map((name) => `\`${name}\``))
  })

  it('has no empty cell there', () => {
    const rows = ['In the server', 'While developing', 'Overrides'].flatMap(rowsUnder)
    expect(rows.filter((cells) => cells.length !== 4 || cells.includes(''))).toEqual([])
  })

  it('has the licence there that its package declares', () => {
    const licences = new Map(installed.map(({ path, license }) => [path, license]))
    const said = ['In the server', 'While developing'].flatMap(rowsUnder).map((cells) => [cells[0], cells[3]])
    expect(said).toEqual(direct.map(([name]) => [`\`${name}\``, licences.get(`node_modules/${name}`)]))
  })
})

/** The cells of the table that follows a heading, without its first two lines. */
function rowsUnder(heading: string): string[][] {
  const section = page.split(/^## /m).find((text) => text.startsWith(heading)) ?? ''
  const lines = section.split('\n').filter((line) => line.startsWith('|'))
  return lines.slice(2).map((line) => {
    const cells = line.split(/(?<!\\)\|/).slice(1, -1)
    return cells.map((cell) => cell.trim())
  })
}

describe('the reading of licence expressions', () => {
  it.each([
    ['MIT', true],
    ['GPL-3.0-only', false],
    ['(MIT OR GPL-3.0-only)', true],
    ['GPL-3.0-only OR (ISC AND MIT)', true],
    ['MIT AND GPL-3.0-only', false],
    ['GPL-3.0-only AND MIT OR ISC', true],
    ['ISC OR GPL-3.0-only AND GPL-2.0-only', true],
    ['(MIT', false],
    ['MIT ISC', false],
    ['SEE LICENSE IN LICENSE.md', false],
    ['', false],
  ])('%s: %s', (expression, verdict) => {
    expect(isAllowed(expression, ALLOWED)).toBe(verdict)
  })
})

describe('the comparison of versions', () => {
  it.each([
    ['16.15.0', '16.15.0', true],
    ['16.9.9', '16.15.0', false],
    ['17.0.0', '16.15.0', true],
    ['4.2.2', '4.2.3', false],
  ])('%s is at least %s: %s', (version, floor, verdict) => {
    expect(isAtLeast(version, floor)).toBe(verdict)
  })
})
