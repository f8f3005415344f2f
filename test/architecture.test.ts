// Checks the rules of the house on the real files of src: who may import whom, that no files import each other in a
// circle, who may read the clock and the environment, how long functions and files may be, and that importing a module
// does nothing.
import { execFile } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const SRC = new URL('../src/', import.meta.url)

/** Path below src -> text. */
type Sources = ReadonlyMap<string, string>

interface Row {
  /** What may be imported to be run; a name that ends in `/` is a whole station, `''` is everything. */
  readonly values: readonly string[]
  /** What may be imported as a type besides. */
  readonly types: readonly string[]
}

/** The line, read downwards: a station knows what is below it, never what is above it or beside it. */
const MAY_IMPORT: Readonly<Record<string, Row>> = {
  http: {
    values: ['graphql/yoga.ts', 'callers/caller.ts', 'callers/request-rate.ts', 'answers/entity-tag.ts'],
    types: ['config/config.ts', 'rest/call.ts'],
  },
  // Whole answers: how long they are good, by which tag they are known, and those that are given again.
  answers: { values: [], types: ['rest/call.ts'] },
  // Documents that are named instead of brought.
  documents: { values: [], types: ['rest/call.ts'] },
  // Who may ask, and in whose name.
  callers: { values: ['rest/authentication.ts', 'rest/call.ts'], types: ['config/config.ts'] },
  graphql: { values: ['loaders/', 'answers/', 'documents/'], types: ['rest/', 'planning/'] },
  // Executes the true loaders over an Aurora that is only imagined, under the keys and by the ages of the true cache.
  planning: {
    values: [
      'loaders/',
      'cache/cache-key.ts',
      'cache/decide-use.ts',
      'cache/drops.ts',
      'cache/with-invalidation.ts',
      'rest/call.ts',
      'rest/endpoint.ts',
      'rest/endpoints.ts',
    ],
    types: ['cache/'],
  },
  loaders: {
    values: ['rest/call.ts', 'rest/endpoint.ts', 'rest/endpoints.ts', 'rest/write-endpoints.ts'],
    types: ['cache/'],
  },
  cache: {
    values: ['rest/call.ts', 'rest/endpoint.ts', 'rest/endpoints.ts', 'rest/retry-after.ts'],
    types: ['rest/write-endpoints.ts'],
  },
  budget: {
    values: ['rest/call.ts', 'rest/endpoint.ts', 'rest/endpoints.ts', 'rest/retry-after.ts'],
    types: [],
  },
  // What replicas share of the stations above it in this table: it wraps the line, and no station knows of it.
  redis: {
    values: ['cache/', 'budget/', 'rest/call.ts', 'rest/endpoint.ts', 'rest/endpoints.ts'],
    types: [],
  },
  rest: { values: [], types: [] },
  errors: { values: [], types: [] },
  // What happened to a call is told in the words of a call.
  telemetry: { values: [], types: ['config/config.ts', 'rest/call.ts'] },
  simulator: { values: [], types: [] },
  config: { values: [], types: [] },
  'clock.ts': { values: [], types: [] },
  'gateway.ts': { values: [''], types: [] },
  'request.ts': { values: [''], types: [] },
  'simulated-aurora.ts': { values: ['simulator/'], types: ['config/config.ts'] },
  'main.ts': { values: [''], types: [] },
  'serve.ts': { values: ['http/', 'telemetry/'], types: ['gateway.ts'] },
  // What the program does around the gateway: it starts, announces, reloads and ends.
  program: {
    values: [
      'gateway.ts',
      'config/',
      'http/',
      'telemetry/',
      'documents/manifest.ts',
      'rest/endpoints.ts',
      'rest/write-endpoints.ts',
    ],
    types: [],
  },
  'make-manifest.ts': { values: [''], types: [] },
}

const MAY_BE_IMPORTED_EVERYWHERE = [
  'errors/',
  'clock.ts',
  'telemetry/events.ts',
  'telemetry/request-record.ts',
  'telemetry/tally.ts',
]

/** Started, never imported: the only modules that do something by being loaded. */
const MAINS = [
  'main.ts',
  'make-manifest.ts',
  'callers/keys-main.ts',
  'simulator/main.ts',
  'graphql/print-schema.ts',
]

const MAY_TELL_TIME = ['clock.ts', 'simulator/main.ts']
const MAY_READ_ENVIRONMENT = ['config/read-config.ts']

/** Circles that are still to be ended. A circle must leave this list when it has ended, and no circle may be added. */
const KNOWN_CIRCLES: readonly string[] = [
  'config/config.ts config/fields.ts config/problems.ts config/rules.ts config/tenants-file.ts config/to-config.ts',
  'rest/call.ts telemetry/request-record.ts',
  'simulator/jobs.ts simulator/operation.ts',
]

const MAX_FUNCTION_LINES = 60
const MAX_FILE_LINES = 300

/** Functions that only list the fields of a type. They are as long as the type, and no shorter when they are split. */
const TABLE_FUNCTIONS: readonly string[] = [
  'graphql/types/design-summary.ts fields',
  'graphql/types/design.ts fields',
  'graphql/types/financing.ts fields',
  'graphql/types/project.ts fields',
  'graphql/types/user.ts fields',
]

/** Files that contain one table with one row for each operation. */
const TABLE_FILES: readonly string[] = ['cache/invalidation.ts']

/** Functions that are still to be split. A function must leave this list when it is short, and none may be added. */
const KNOWN_LONG_FUNCTIONS: readonly string[] = [
  'budget/budget.ts createBudget',
  'budget/waiting-room.ts createWaitingRoom',
  'config/fields.ts fieldsSchema',
  'gateway.ts createGateway',
  'http/server.ts createHttpServer',
  'redis/connection.ts createConnection',
  'redis/shared-ledger.ts createSharedLedger',
  'request.ts createRequests',
  'simulator/pricing-data.ts createPricing',
  'simulator/simulator.ts createSimulator',
  'telemetry/metrics.ts createCounting',
  'telemetry/traces.ts createTraces',
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
  eachNode(from, text, (node, line) => {
    const add = (specifier: ts.Node | undefined, isType: boolean): void => {
      const literal = specifier !== undefined && ts.isStringLiteralLike(specifier) ? specifier.text : null
      found.push({ from, line, specifier: literal, isType })
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

function eachNode(path: string, text: string, visit: (node: ts.Node, line: number) => void): void {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true)
  const walk = (node: ts.Node): void => {
    visit(node, file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1)
    node.forEachChild(walk)
  }
  walk(file)
}

/** The first folder below src, or the file itself where there is none. */
const stationOf = (path: string): string => path.split('/')[0] ?? path

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
    const row = MAY_IMPORT[stationOf(each.from)]
    if (row === undefined) return [`${where} is in no station of the import table`]
    if (each.specifier === null) return [`${where} imports what only running it would tell`]
    const target = resolved(each)
    if (target === null) return []
    if (!sources.has(target)) return [`${where} imports ${target}, which does not exist`]
    if (MAINS.includes(target)) return [`${where} imports ${target}, which is to be started, not imported`]
    const isOwn = stationOf(target) === stationOf(each.from)
    const allowed = [...MAY_BE_IMPORTED_EVERYWHERE, ...row.values, ...(each.isType ? row.types : [])]
    if (isOwn || isListed(target, allowed)) return []
    return [
      `${where} imports ${target}${!each.isType && isListed(target, row.types) ? ' not as a type' : ''}`,
    ]
  })
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
    eachNode(path, text, (node, line) => {
      if (!ts.isFunctionLike(node)) return
      const lastLine = node.getSourceFile().getLineAndCharacterOfPosition(node.end).line + 1
      if (lastLine - line + 1 > MAX_FUNCTION_LINES) found.push(`${path} ${functionName(node)}`)
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
      if (!MAY_TELL_TIME.includes(path)) found.push(`${path}:${line} uses ${what} instead of the clock`)
    }
    for (const { specifier, line, isType } of importsOf(path, text))
      if (specifier !== null && !isType && TIME_MODULES.includes(specifier)) readsTime(line, specifier)
    eachNode(path, text, (node, line) => {
      if (ts.isIdentifier(node) && TIMERS.includes(node.text) && isReference(node)) readsTime(line, node.text)
      if (isNewDateWithoutArguments(node)) readsTime(line, 'new Date()')
      const member = memberName(node)
      if (member === null) return
      if (TIME_MEMBERS.includes(member)) readsTime(line, member)
      if (member === 'process.env' && !MAY_READ_ENVIRONMENT.includes(path))
        found.push(`${path}:${line} uses process.env instead of the config it is given`)
      if (member === 'Math.random' && ts.isCallExpression(node.parent) && node.parent.expression === node)
        found.push(`${path}:${line} calls Math.random instead of the source of chance it is given`)
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

  it('has no circle of files that import each other, types included', () => {
    expect(circles(sources)).toEqual(KNOWN_CIRCLES)
  })

  it(`has no function over ${MAX_FUNCTION_LINES} lines, except tables`, () => {
    expect(longFunctions(sources)).toEqual([...TABLE_FUNCTIONS, ...KNOWN_LONG_FUNCTIONS].sort())
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

  it('does nothing by being imported: no setting is needed, nothing is printed, nothing keeps running', async () => {
    const modules = [...sources.keys()].filter((path) => !path.endsWith('.d.ts') && !MAINS.includes(path))
    const urls = modules.map((path) => new URL(path, SRC).href)
    expect(await importInNewProcess(urls)).toEqual({ endedBy: 'itself', code: 0, stdout: '', stderr: '' })
  }, 120_000)
})

describe('the rules themselves', () => {
  const below = new Map([
    ['cache/cache.ts', 'export const a = 1'],
    ['budget/budget.ts', 'export const a = 1'],
    ['rest/call.ts', 'export const a = 1'],
    ['config/config.ts', 'export const a = 1'],
    ['main.ts', ''],
    ['telemetry/events.ts', 'export type A = 1'],
  ])
  const rest = (texts: Readonly<Record<string, string>>): Sources =>
    new Map(Object.entries(texts).map(([name, text]) => [`rest/${name}.ts`, text]))
  const verdict = (path: string, text: string): string[] =>
    forbiddenImports(new Map([...below, [path, text]]))

  it.each([
    ['a higher station', 'rest/x.ts', "import { a } from '../cache/cache.ts'", 'imports cache/cache.ts'],
    ['a neighbour', 'cache/x.ts', "import '../budget/budget.ts'", 'imports budget/budget.ts'],
    ['by export', 'errors/x.ts', "export { a } from '../rest/call.ts'", 'imports rest/call.ts'],
    ['by export *', 'errors/x.ts', "export * from '../rest/call.ts'", 'imports rest/call.ts'],
    ['while running', 'http/x.ts', "await import('../rest/call.ts')", 'imports rest/call.ts'],
    ['in a type', 'cache/x.ts', "type A = import('../budget/budget.ts').A", 'imports budget/budget.ts'],
    [
      'a value where only types may be',
      'loaders/x.ts',
      "import { a } from '../cache/cache.ts'",
      'not as a type',
    ],
    [
      'a type among braces, which loads',
      'http/x.ts',
      "import { type a } from '../config/config.ts'",
      'not as a type',
    ],
    [
      'the settings',
      'graphql/x.ts',
      "import type { a } from '../config/config.ts'",
      'imports config/config.ts',
    ],
    ['a main', 'gateway.ts', "import './main.ts'", 'to be started'],
    ['a file that is not there', 'rest/x.ts', "import './gone.ts'", 'does not exist'],
    ['a computed name', 'rest/x.ts', 'await import(name)', 'only running it'],
    ['from a folder nobody planned', 'helpers/x.ts', "import '../rest/call.ts'", 'no station'],
  ])('find an import of or from %s', (_, path, text, words) => {
    expect(verdict(path, text)).toEqual([expect.stringContaining(words)])
  })

  it.each([
    ['its own station', 'rest/x.ts', "import { a } from './call.ts'"],
    ['what is below', 'budget/x.ts', "import { a } from '../rest/call.ts'"],
    ['a type where types may be', 'loaders/x.ts', "import type { a } from '../cache/cache.ts'"],
    ['the settings as a type', 'http/x.ts', "import type { a } from '../config/config.ts'"],
    ['events, from everywhere', 'errors/x.ts', "import type { A } from '../telemetry/events.ts'"],
    ['anything, from the composer', 'gateway.ts', "import { a } from './budget/budget.ts'"],
    [
      'a word in a comment or a text',
      'rest/x.ts',
      "// import '../cache/cache.ts'\nconst t = `import '../x.ts'`",
    ],
  ])('let pass %s', (_, path, text) => {
    expect(verdict(path, text)).toEqual([])
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
