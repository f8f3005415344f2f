// Checks the rules of the house on the real files of src: who may import whom (import-table.ts), that no files import each
// other in a circle, who may read the clock and the environment, how long functions and files may be, and that importing a
// module does nothing.
import { execFile } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import {
  MAINS,
  MAY_BE_IMPORTED_EVERYWHERE,
  MAY_IMPORT,
  MAY_READ_ENVIRONMENT,
  MAY_READ_TIME,
} from './import-table.ts'
import type { Row } from './import-table.ts'

const SRC = new URL('../src/', import.meta.url)

/** Path below src -> text. */
type Sources = ReadonlyMap<string, string>

const MAX_FUNCTION_LINES = 60
const MAX_FILE_LINES = 300

/** Files that contain one table with one row for each operation, printed or read as a table. */
const TABLE_FILES: readonly string[] = ['aurora/members.ts']

/** The composition, which is one list of parts, and a table of settings. */
const LONG_FUNCTIONS: readonly string[] = [
  'config/fields.ts fieldsSchema',
  'gateway/gateway.ts createGateway',
]

interface Import {
  readonly from: string
  readonly line: number
  /** null when it is computed, and so nobody can say what it is. */
  readonly specifier: string | null
  readonly isType: boolean
}

function importsOf(from: string, text: string): Import[] {
  const found: Import[] = []
  eachNode(from, text, (node) => {
    const add = (specifier: ts.Node | undefined, isType: boolean): void => {
      const literal = specifier !== undefined && ts.isStringLiteralLike(specifier) ? specifier.text : null
      found.push({ from, line: lineOf(node), specifier: literal, isType })
    }
    if (ts.isImportDeclaration(node))
      // `import { type X }` is not type-only: under verbatimModuleSyntax the module is loaded all the same.
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword)
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier) add(node.moduleSpecifier, node.isTypeOnly)
    else if (ts.isImportTypeNode(node))
      add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true)
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false)
  })
  return found
}

function eachNode(path: string, text: string, visit: (node: ts.Node) => void): void {
  const walk = (node: ts.Node): void => {
    visit(node)
    node.forEachChild(walk)
  }
  walk(parse(path, text))
}

/** By path and text: each rule walks through the same files, and to parse them takes longer than to walk. */
const parsed = new Map<string, ts.SourceFile>()

function parse(path: string, text: string): ts.SourceFile {
  const name = `${path}\n${text}`
  const known = parsed.get(name)
  if (known) return known
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true)
  parsed.set(name, file)
  return file
}

/** Counted for what is found only: it takes longer than all else for a node. */
function lineOf(node: ts.Node): number {
  const file = node.getSourceFile()
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1
}

/** Dry runs of requests that make calls; the generators are large, and belong together. */
const KEEPS_LITTLE: readonly string[] = ['planning/imagined-replies.ts', 'simulator/']

/** What V8 makes a hidden class for each time it runs, which keeps all that it refers to in memory: decision 43. */
function keptInMemory(sources: Sources): string[] {
  const found: string[] = []
  for (const [path, text] of sources)
    if (!isListed(path, KEEPS_LITTLE))
      eachNode(path, text, (node) => {
        if (!isInsideFunction(node)) return
        if (ts.isGetAccessor(node) && ts.isObjectLiteralExpression(node.parent))
          found.push(`${path}:${lineOf(node)} a getter in a literal`)
        if (ts.isFunctionLike(node) && 'asteriskToken' in node && node.asteriskToken && !isOfClass(node))
          found.push(`${path}:${lineOf(node)} a generator in a function`)
      })
  return found
}

const isOfClass = (node: ts.Node): boolean => ts.isClassLike(node.parent)

function isInsideFunction(node: ts.Node): boolean {
  for (let { parent } = node; parent; { parent } = parent) if (ts.isFunctionLike(parent)) return true
  return false
}

/** The file itself where it has a row of its own, else the first folder below src. */
const roomOf = (path: string): string =>
  Object.hasOwn(MAY_IMPORT, path) ? path : (path.split('/')[0] ?? path)

const resolved = ({ from, specifier }: Import): string | null =>
  specifier?.startsWith('.') ? posix.join(posix.dirname(from), specifier) : null

const isListed = (path: string, names: readonly string[]): boolean =>
  names.some((name) => name === path || (path.startsWith(name) && (name.endsWith('/') || name === '')))

const allImports = (sources: Sources): Import[] =>
  [...sources].flatMap(([path, text]) => importsOf(path, text))

/** Each wrong import between our own modules, in words that say what to do about it. */
function forbiddenImports(sources: Sources): string[] {
  return allImports(sources).flatMap((each) => {
    const where = `${each.from}:${each.line}`
    const row = MAY_IMPORT[roomOf(each.from)]
    if (row === undefined) return [`${where} is in no room of the import table`]
    if (each.specifier === null) return [`${where} has an import that cannot be read from its text`]
    const target = resolved(each)
    if (target === null) return []
    if (!sources.has(target)) return [`${where} imports ${target}, which does not exist`]
    if (MAINS.includes(target)) return [`${where} imports ${target}, which is to be started, not imported`]
    const everywhere = row.standsAlone ? [] : MAY_BE_IMPORTED_EVERYWHERE
    const allowed = [...everywhere, ...row.values, ...(each.isType ? row.types : [])]
    if (roomOf(target) === roomOf(each.from) || isListed(target, allowed)) return []
    return [
      `${where} imports ${target}${!each.isType && isListed(target, row.types) ? ' not as a type' : ''}`,
    ]
  })
}

/** Each permission of the import table that no import uses: the table is as narrow as the imports are. */
function unusedPermissions(sources: Sources, table: Readonly<Record<string, Row>>): string[] {
  const imports = allImports(sources).flatMap((each) => {
    const target = resolved(each)
    return target === null ? [] : [{ room: roomOf(each.from), target, isType: each.isType }]
  })
  return Object.entries(table).flatMap(([room, row]) => {
    const own = imports.filter((each) => each.room === room)
    const values = row.values.filter(
      (name) => !own.some((each) => !each.isType && isListed(each.target, [name])),
    )
    const types = row.types.filter((name) => !own.some((each) => isListed(each.target, [name])))
    return [
      ...values.map((name) => `${room} imports no value of ${name}`),
      ...types.map((name) => `${room} imports no type of ${name}`),
    ]
  })
}

/** Each permission of the import table that points to a room above, or to the room itself. */
function arrowsUp(table: Readonly<Record<string, Row>>): string[] {
  const rooms = Object.keys(table)
  return Object.entries(table).flatMap(([room, { values, types }]) =>
    [...values, ...types]
      .filter((name) => name !== '' && rooms.indexOf(roomOf(name)) <= rooms.indexOf(room))
      .map((name) => `${room} may import ${name}, which is not below it`),
  )
}

/** Each group of files that reach each other by imports, type-only imports included. */
function circles(sources: Sources): string[] {
  const targets = new Map<string, Set<string>>([...sources.keys()].map((path) => [path, new Set()]))
  for (const each of allImports(sources)) {
    const target = resolved(each)
    if (target !== null && sources.has(target)) targets.get(each.from)?.add(target)
  }
  const reached = new Map([...sources.keys()].map((path) => [path, reachedFrom(path, targets)]))
  const groups = [...reached].flatMap(([path, others]) => {
    if (!others.has(path)) return []
    return [...others]
      .filter((other) => reached.get(other)?.has(path))
      .sort()
      .join(' ')
  })
  return [...new Set(groups)].sort()
}

/** Contains `start` itself only if an import leads back to it. */
function reachedFrom(start: string, targets: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const reached = new Set<string>()
  const waiting = [start]
  for (const path of waiting)
    for (const target of targets.get(path) ?? [])
      if (!reached.has(target)) {
        reached.add(target)
        waiting.push(target)
      }
  return reached
}

/** The file and the name of each function that is too long. */
function longFunctions(sources: Sources): string[] {
  const found: string[] = []
  for (const [path, text] of sources)
    eachNode(path, text, (node) => {
      if (!ts.isFunctionLike(node)) return
      const lastLine = node.getSourceFile().getLineAndCharacterOfPosition(node.end).line + 1
      if (lastLine - lineOf(node) + 1 > MAX_FUNCTION_LINES) found.push(`${path} ${functionName(node)}`)
    })
  return [...new Set(found)].sort()
}

/** A function without a name goes by the function or the variable around it. */
function functionName(node: ts.Node): string {
  if (ts.isFunctionLike(node) && node.name) return node.name.getText()
  const { parent } = node
  if (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)) return parent.name.getText()
  return ts.isSourceFile(parent) ? 'at the top level' : functionName(parent)
}

/** Files that are too long; generated declarations do not count. */
const longFiles = (sources: Sources): string[] =>
  [...sources]
    .filter(([path, text]) => !path.endsWith('.d.ts') && text.trimEnd().split('\n').length > MAX_FILE_LINES)
    .map(([path]) => path)

/** Packages that the built server would not find: its image has only what `dependencies` names. */
function missingPackages(sources: Sources, dependencies: readonly string[]): string[] {
  return allImports(sources).flatMap((each) => {
    const { specifier } = each
    if (specifier === null || specifier.startsWith('.') || specifier.startsWith('node:') || each.isType)
      return []
    const name = specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/')
    if (builtinModules.includes(name)) return [`${each.from}:${each.line} imports ${name} without node:`]
    return dependencies.includes(name) ? [] : [`${each.from}:${each.line} imports ${name}, not a dependency`]
  })
}

/** Globals by which a module would get at time, chance or settings that nobody handed to it. */
const TIMERS = ['setTimeout', 'setInterval']
const TIME_MEMBERS = [
  'Date.now',
  'performance.now',
  'performance.timeOrigin',
  'process.hrtime',
  'process.uptime',
  'AbortSignal.timeout',
  ...TIMERS.map((timer) => `globalThis.${timer}`),
]
const TIME_MODULES = ['node:timers', 'node:timers/promises', 'node:perf_hooks']

function smuggledInputs(sources: Sources): string[] {
  const found: string[] = []
  for (const [path, text] of sources) {
    const readsTime = (line: number, what: string): void => {
      if (!MAY_READ_TIME.includes(path)) found.push(`${path}:${line} uses ${what} instead of the clock`)
    }
    for (const { specifier, line, isType } of importsOf(path, text))
      if (specifier !== null && !isType && TIME_MODULES.includes(specifier)) readsTime(line, specifier)
    eachNode(path, text, (node) => {
      if (ts.isIdentifier(node) && TIMERS.includes(node.text) && isReference(node))
        readsTime(lineOf(node), node.text)
      if (isNewDateWithoutArguments(node)) readsTime(lineOf(node), 'new Date()')
      const member = memberName(node)
      if (member === null) return
      if (TIME_MEMBERS.includes(member)) readsTime(lineOf(node), member)
      if (member === 'process.env' && !MAY_READ_ENVIRONMENT.includes(path))
        found.push(`${path}:${lineOf(node)} uses process.env instead of the config it is given`)
      if (member === 'Math.random' && ts.isCallExpression(node.parent) && node.parent.expression === node)
        found.push(`${path}:${lineOf(node)} calls Math.random instead of the source of chance it is given`)
    })
  }
  return found
}

const memberName = (node: ts.Node): string | null =>
  ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)
    ? `${node.expression.text}.${node.name.text}`
    : null

/** Not `server.setTimeout`, not a member or parameter that happens to have the name. */
function isReference({ parent, text }: ts.Identifier): boolean {
  if (ts.isPropertyAccessExpression(parent)) return parent.name.text !== text
  return ts.isCallExpression(parent) || ts.isPropertyAssignment(parent) || ts.isVariableDeclaration(parent)
}

const isNewDateWithoutArguments = (node: ts.Node): boolean =>
  ts.isNewExpression(node) &&
  ts.isIdentifier(node.expression) &&
  node.expression.text === 'Date' &&
  (node.arguments ?? []).length === 0

function readSources(): Sources {
  const paths = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts'))
    .sort()
  return new Map(paths.map((path) => [path, readFileSync(new URL(path, SRC), 'utf8')]))
}

/** A module that leaves a timer or a socket open holds the process until the time limit ends it. */
function importInNewProcess(urls: readonly string[]): Promise<object> {
  const script = 'for (const url of process.argv.slice(1)) await import(url)'
  const words = ['--import', 'tsx', '--input-type=module', '--eval', script, ...urls]
  return new Promise((resolve) => {
    execFile(process.execPath, words, { env: {}, timeout: 100_000 }, (error, stdout, stderr) => {
      resolve({ endedBy: error?.signal ?? 'itself', code: error?.code ?? 0, stdout, stderr })
    })
  })
}

const sources = readSources()

describe('the source', () => {
  it('imports only what the import table allows', () => {
    expect(forbiddenImports(sources)).toEqual([])
  })

  it('uses every permission of the import table', () => {
    expect(unusedPermissions(sources, MAY_IMPORT)).toEqual([])
  })

  it('imports downwards only', () => {
    expect(arrowsUp(MAY_IMPORT)).toEqual([])
  })

  it('has no circle of files that import each other, types included', () => {
    expect(circles(sources)).toEqual([])
  })

  it(`has no function over ${MAX_FUNCTION_LINES} lines`, () => {
    expect(longFunctions(sources)).toEqual(LONG_FUNCTIONS)
  })

  it(`has no file over ${MAX_FILE_LINES} lines, except tables`, () => {
    expect(longFiles(sources)).toEqual(TABLE_FILES)
  })

  it('imports only packages that are there at run time', () => {
    const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      dependencies: Record<string, string>
    }
    expect(missingPackages(sources, Object.keys(manifest.dependencies))).toEqual([])
  })

  it('gets time, chance and settings only from where they are handed out', () => {
    expect(smuggledInputs(sources)).toEqual([])
  })

  it('makes nothing for a request that V8 keeps in memory when the request is over', () => {
    expect(keptInMemory(sources)).toEqual([])
  })

  it('does nothing by being imported: no setting is needed, nothing is printed, nothing keeps running', async () => {
    const modules = [...sources.keys()].filter((path) => !path.endsWith('.d.ts') && !MAINS.includes(path))
    const urls = modules.map((path) => new URL(path, SRC).href)
    expect(await importInNewProcess(urls)).toEqual({ endedBy: 'itself', code: 0, stdout: '', stderr: '' })
  }, 120_000)
})

describe('the rules themselves', () => {
  const below = new Map([
    ['cache/cache-reads.ts', 'export const a = 1'],
    ['budget/budget.ts', 'export const a = 1'],
    ['rest/call.ts', 'export const a = 1'],
    ['config/config.ts', 'export const a = 1'],
    ['main.ts', ''],
    ['telemetry/events.ts', 'export type A = 1'],
    ['errors/codes.ts', ''],
    ['aurora/kinds.ts', ''],
  ])
  const rest = (texts: Readonly<Record<string, string>>): Sources =>
    new Map(Object.entries(texts).map(([name, text]) => [`rest/${name}.ts`, text]))
  const verdict = (path: string, text: string): string[] =>
    forbiddenImports(new Map([...below, [path, text]]))

  it.each([
    [
      'a higher room',
      'rest/x.ts',
      "import { a } from '../cache/cache-reads.ts'",
      'imports cache/cache-reads.ts',
    ],
    ['a neighbour', 'cache/x.ts', "import '../budget/budget.ts'", 'imports budget/budget.ts'],
    ['by export', 'errors/x.ts', "export { a } from '../rest/call.ts'", 'imports rest/call.ts'],
    ['by export *', 'errors/x.ts', "export * from '../rest/call.ts'", 'imports rest/call.ts'],
    ['while running', 'http/x.ts', "await import('../rest/call.ts')", 'imports rest/call.ts'],
    ['in a type', 'cache/x.ts', "type A = import('../budget/budget.ts').A", 'imports budget/budget.ts'],
    [
      'a value where only types may be',
      'loaders/x.ts',
      "import { a } from '../cache/cache-reads.ts'",
      'not as a type',
    ],
    [
      'a type among braces, which loads',
      'telemetry/x.ts',
      "import { type a } from '../config/config.ts'",
      'not as a type',
    ],
    [
      'the settings',
      'graphql/x.ts',
      "import type { a } from '../config/config.ts'",
      'imports config/config.ts',
    ],
    ['a main', 'gateway/gateway.ts', "import '../main.ts'", 'to be started'],
    ['a file that is not there', 'rest/x.ts', "import './gone.ts'", 'does not exist'],
    ['a computed name', 'rest/x.ts', 'await import(name)', 'cannot be read'],
    [
      'anything from the ground floor',
      'aurora/x.ts',
      "import '../errors/codes.ts'",
      'imports errors/codes.ts',
    ],
    [
      'the catalogue from the simulator',
      'simulator/x.ts',
      "import '../aurora/kinds.ts'",
      'imports aurora/kinds.ts',
    ],
    ['from a folder nobody planned', 'helpers/x.ts', "import '../rest/call.ts'", 'no room'],
  ])('find an import of or from %s', (_, path, text, words) => {
    expect(verdict(path, text)).toEqual([expect.stringContaining(words)])
  })

  it.each([
    ['its own room', 'rest/x.ts', "import { a } from './call.ts'"],
    ['what is below', 'cache/x.ts', "import { a } from '../rest/call.ts'"],
    ['a type where types may be', 'loaders/x.ts', "import type { a } from '../cache/cache-reads.ts'"],
    ['the settings as a type', 'telemetry/x.ts', "import type { a } from '../config/config.ts'"],
    ['events, from everywhere', 'errors/x.ts', "import type { A } from '../telemetry/events.ts'"],
    ['anything, from the composer', 'gateway/gateway.ts', "import { a } from '../budget/budget.ts'"],
    [
      'a word in a comment or a text',
      'rest/x.ts',
      "// import '../cache/cache-reads.ts'\nconst t = `import '../x.ts'`",
    ],
  ])('let pass %s', (_, path, text) => {
    expect(verdict(path, text)).toEqual([])
  })

  it('find a permission that nothing uses, and one that is used for types only', () => {
    const texts = new Map([
      ['cache/x.ts', "import type { A } from '../rest/call.ts'"],
      ['rest/call.ts', ''],
    ])
    const row = { values: [], types: [], because: '' }
    const table = (cache: Partial<Row>) => ({ cache: { ...row, ...cache }, rest: row })
    expect(unusedPermissions(texts, table({ types: ['rest/call.ts'] }))).toEqual([])
    expect(unusedPermissions(texts, table({ values: ['rest/'], types: ['rest/ids.ts'] }))).toEqual([
      'cache imports no value of rest/',
      'cache imports no type of rest/ids.ts',
    ])
  })

  it('find a permission that points up, or to its own room', () => {
    const row = { values: [], types: [], because: '' }
    expect(arrowsUp({ cache: { ...row, values: ['rest/'] }, rest: row })).toEqual([])
    expect(arrowsUp({ cache: row, rest: { ...row, values: ['cache/'], types: ['rest/call.ts'] } })).toEqual([
      'rest may import cache/, which is not below it',
      'rest may import rest/call.ts, which is not below it',
    ])
  })

  it.each([
    ['two values', { a: "import './b.ts'", b: "import './a.ts'", c: "import './a.ts'" }, 'a b'],
    ['types', { a: "import type { B } from './b.ts'", b: "type A = import('./a.ts').A", c: '' }, 'a b'],
    [
      'a type and an export',
      { a: "export * from './b.ts'", b: "import { c } from './c.ts'", c: "import type { A } from './a.ts'" },
      'a b c',
    ],
    ['an import while running', { a: "await import('./b.ts')", b: "import './a.ts'" }, 'a b'],
    ['a file that imports itself', { a: "import type { A } from './a.ts'" }, 'a'],
  ])('find a circle of %s', (_, texts, members) => {
    expect(circles(rest(texts))).toEqual([members.replaceAll(/[a-c]/g, 'rest/$&.ts')])
  })

  it('find every circle, and none in files that only share an import', () => {
    const two = { a: "import './b.ts'", b: "import './a.ts'", c: "import './d.ts'", d: "import './c.ts'" }
    expect(circles(rest(two))).toEqual(['rest/a.ts rest/b.ts', 'rest/c.ts rest/d.ts'])
    const shared = {
      a: "import './b.ts'\nimport './c.ts'",
      b: "import './d.ts'",
      c: "import './d.ts'",
      d: '',
    }
    expect(circles(rest(shared))).toEqual([])
  })

  it.each([
    ['function f() {', 'f'],
    ['const f = () => {', 'f'],
    ['const table = { f() {', 'f'],
    ['const table = { f: () => {', 'f'],
    ['const f = () => () => {', 'f'],
    ['const f = start(() => {', 'f'],
    ['start(() => {', 'at the top level'],
  ])('find a function that is too long: %s', (head, name) => {
    const close = '}'.repeat(head.split('{').length - 1) + (head.includes('start(') ? ')' : '')
    const build = (lines: number) => new Map([['rest/x.ts', `${head}${'\n'.repeat(lines - 1)}${close}`]])
    expect(longFunctions(build(MAX_FUNCTION_LINES))).toEqual([])
    expect(longFunctions(build(MAX_FUNCTION_LINES + 1))).toContain(`rest/x.ts ${name}`)
  })

  it('find what V8 keeps in memory, and let pass what is made once', () => {
    const kept = `const f = () => ({ get a() { return 1 } })
function g() { return work(function* () { yield 1 }) }
const h = () => ({ *b() { yield 1 } })`
    expect(keptInMemory(new Map([['rest/x.ts', kept]]))).toEqual([
      'rest/x.ts:1 a getter in a literal',
      'rest/x.ts:2 a generator in a function',
      'rest/x.ts:3 a generator in a function',
    ])
    const harmless = `const o = { get a() { return 1 } }
function* g() { yield 1 }
class C { get a() { return 1 } *b() { yield 1 } }`
    expect(keptInMemory(new Map([['rest/x.ts', harmless]]))).toEqual([])
  })

  it('find a file that is too long, unless it is generated', () => {
    const text = 'export const a = 1\n'.repeat(MAX_FILE_LINES)
    const texts = new Map([
      ['rest/x.ts', `${text}export const b = 1\n`],
      ['rest/y.ts', text],
      ['rest/z.d.ts', text.repeat(2)],
    ])
    expect(longFiles(texts)).toEqual(['rest/x.ts'])
  })

  it.each([
    ['const t = Date.now()', 'Date.now'],
    ['const t = { now: Date.now }', 'Date.now'],
    ['const t = new Date()', 'new Date()'],
    ['const t = performance.now()', 'performance.now'],
    ['setTimeout(f, 1)', 'setTimeout'],
    ['globalThis.setInterval(f, 1)', 'globalThis.setInterval'],
    ['const s = AbortSignal.timeout(1)', 'AbortSignal.timeout'],
    ["import { setTimeout as nap } from 'node:timers/promises'", 'node:timers/promises'],
    ["const p = process.env['PORT']", 'process.env'],
    ['const r = Math.random()', 'Math.random'],
  ])('find what nobody handed in: %s', (text, what) => {
    expect(smuggledInputs(new Map([['rest/x.ts', text]]))).toEqual([expect.stringContaining(`s ${what} `)])
  })

  it.each([
    ['const t = new Date(ms)'],
    ['server.setTimeout(1)'],
    ['const create = (random = Math.random) => random'],
    ['clock.after(1, f)'],
  ])('let pass what is harmless: %s', (text) => {
    expect(smuggledInputs(new Map([['rest/x.ts', text]]))).toEqual([])
  })

  it('let the clock and the settings do their work', () => {
    const texts = new Map([
      ['clock.ts', 'export const now = () => Date.now()'],
      ['config/read-config.ts', 'export const env = process.env'],
    ])
    expect(smuggledInputs(texts)).toEqual([])
  })

  it('find a package that only development has, and a builtin that could be mistaken for a package', () => {
    const texts = new Map([
      ['rest/x.ts', "import 'vitest/config'\nimport '@pothos/core'\nimport fs from 'fs'\nimport 'node:fs'"],
    ])
    expect(missingPackages(texts, ['@pothos/core'])).toEqual([
      'rest/x.ts:1 imports vitest, not a dependency',
      'rest/x.ts:3 imports fs without node:',
    ])
  })
})
