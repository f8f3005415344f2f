// The tables of the pages that restate code, made from that code. `npm run docs` prints them between their markers.
import { isObjectType } from 'graphql'
import { format, resolveConfig } from 'prettier'
import { Registry } from 'prom-client'
import { EVENT_NAMES, eventRow, OLDER_NAMES } from '../src/aurora/events.ts'
import { KINDS } from '../src/aurora/kinds.ts'
import { FORBIDDEN, NOT_FOUND } from '../src/aurora/lifetimes.ts'
import type { LifetimeClass } from '../src/aurora/lifetimes.ts'
import { ALL_READS } from '../src/aurora/reads.ts'
import type { ReadOperation } from '../src/aurora/reads.ts'
import { ALL_WRITES } from '../src/aurora/writes.ts'
import type { Touches, WriteEndpoint } from '../src/aurora/writes.ts'
import { settings } from '../src/config/settings.ts'
import type { Setting } from '../src/config/settings.ts'
import { ERROR_CODES } from '../src/errors/codes.ts'
import { schema } from '../src/graphql/schema.ts'
import { createInstruments } from '../src/telemetry/instruments.ts'
import { createMetrics } from '../src/telemetry/metrics.ts'
import { readNames } from '../schema/read-contract.ts'
import { MAY_BE_IMPORTED_EVERYWHERE, MAY_IMPORT } from '../test/import-table.ts'

type Rows = readonly (readonly string[])[]

interface Table {
  readonly head: readonly string[]
  readonly rows: () => Rows | Promise<Rows>
}

/** By the name in the markers. */
const TABLES: Readonly<Record<string, Table>> = {
  lifetimes: {
    head: ['kind', 'fresh', 'stale until', 'kept until', 'why'],
    rows: lifetimeRows,
  },
  writes: {
    head: [
      'write',
      'dropped when the write comes back',
      'its answer is cached as',
      'dropped when its job ends',
    ],
    rows: writeRows,
  },
  events: {
    head: ['event', 'ids', 'what it touches'],
    rows: eventRows,
  },
  operations: { head: ['operation', 'call', 'field'], rows: operationRows },
  errors: {
    head: ['code', 'what happened', 'what a client should do'],
    rows: () => Object.entries(ERROR_CODES).map(([code, row]) => [inCode(code), row.meaning, row.advice]),
  },
  settings: { head: ['Variable', 'Default', 'Meaning'], rows: settingRows },
  metrics: { head: ['metric', 'type', 'labels', 'meaning'], rows: metricRows },
  imports: { head: ['room', 'may import', 'types only', 'because'], rows: importRows },
}

/** Where reads are shown whose field does not name its operation in `extensions`. */
const FIELDS_BY_HAND: Readonly<Partial<Record<ReadOperation, string>>> = {
  retrieveVersions: 'Query.apiVersions',
  retrieveTenant: 'Query.tenant',
  retrieveSsoProvider: 'Query.ssoProvider',
  // Lists show the object; its own read is made for the members that lists leave out.
  retrieveFinancing: 'Financing.financingOption',
  retrieveUtilityBill: 'UtilityBill.downloadUrl',
}

const MARKERS = /<!-- printed by npm run docs: (\w+) -->\n[^]*?<!-- end -->/g

/** The page with its printed tables as the code is now. */
export async function printTables(page: string): Promise<string> {
  const names = [...page.matchAll(MARKERS)].flatMap(([, name]) => name ?? [])
  const printed = new Map<string, string>()
  for (const name of names) printed.set(name, await printTable(name))
  const text = page.replaceAll(MARKERS, (_, name: string) => printed.get(name) ?? '')
  const options = await resolveConfig(import.meta.filename)
  return format(text, { ...options, parser: 'markdown' })
}

async function printTable(name: string): Promise<string> {
  const table = TABLES[name]
  if (!table) throw new Error(`docs/tables.ts has no table ${name}`)
  const rows = await table.rows()
  const lines = [table.head, table.head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return [`<!-- printed by npm run docs: ${name} -->`, '', ...lines, '', '<!-- end -->'].join('\n')
}

const inCode = (text: string): string => `\`${text}\``
const listed = (names: readonly string[]): string => names.map(inCode).join(', ')
/** One name a line, so that a column is as wide as its longest name. */
const stacked = (names: readonly string[]): string => names.map(inCode).join('<br>')

function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): ReadonlyMap<Key, Item[]> {
  const groups = new Map<Key, Item[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}

function lifetimeRows(): Rows {
  const kindsOf = groupBy(Object.entries(KINDS), ([, { lifetime }]): LifetimeClass => lifetime)
  const rows: [string, LifetimeClass][] = [...kindsOf].map(([lifetime, kinds]) => [
    kinds.map(([kind]) => kind).join(', '),
    lifetime,
  ])
  return [...rows, ['not found (404)', NOT_FOUND] as const, ['forbidden (403)', FORBIDDEN] as const].map(
    ([name, { freshMs, staleMs, keptMs, reason }]) => [
      name,
      ...[freshMs, staleMs, keptMs].map(inWords),
      reason,
    ],
  )
}

/** In the largest unit in which it is a whole number. */
function inWords(ms: number): string {
  if (ms === 0) return 'never'
  const units = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
  ] as const
  const [name, unitMs] = units.find(([, size]) => ms % size === 0) ?? ['second', 1000]
  const count = ms / unitMs
  return `${count} ${name}${count === 1 ? '' : 's'}`
}

/** Writes that do the same stand in one row. */
function writeRows(): Rows {
  const writesOf = groupBy(ALL_WRITES, (write) => JSON.stringify(effectsOf(write)))
  return [...writesOf].map(([effects, writes]) => [
    stacked(writes.map(({ operation }) => operation)),
    ...(JSON.parse(effects) as string[]),
  ])
}

function effectsOf({ touches, makes, changes, begins, endTouches }: WriteEndpoint): string[] {
  const shown = makes ?? changes ?? begins
  return [inReads(touches), shown ? inCode(shown) : '', endTouches ? inReads(endTouches) : '']
}

/** Older names stand beside those that took their place. */
function eventRows(): Rows {
  const olderOf = groupBy(Object.entries(OLDER_NAMES), ([, name]) => name)
  return EVENT_NAMES.map((name) => {
    const { ids, touches } = eventRow(name)
    const older = (olderOf.get(name) ?? []).map(([each]) => each)
    return [stacked([name, ...older]), stacked(ids), inReads(touches) || 'nothing']
  })
}

function inReads({ reads = [], below = [], ofProject = [] }: Touches): string {
  const groups = [
    ['', reads],
    ['below it:<br>', below],
    ['of its project:<br>', ofProject],
  ] as const
  return groups.flatMap(([title, names]) => (names.length > 0 ? [title + stacked(names)] : [])).join('<br>')
}

/** In the order of the contract; an operation that the gateway does not use has no row. */
function operationRows(): Rows {
  const endpoints = new Map([...ALL_READS, ...ALL_WRITES].map((endpoint) => [endpoint.operation, endpoint]))
  const shown = new Map(Object.entries(FIELDS_BY_HAND))
  for (const type of Object.values(schema.getTypeMap()))
    if (isObjectType(type))
      for (const { name, extensions } of Object.values(type.getFields()))
        if (typeof extensions['operation'] === 'string')
          shown.set(extensions['operation'], `${type.name}.${name}`)
  return [...endpoints.values()]
    .toSorted((left, right) => place(left.operation) - place(right.operation))
    .map(({ operation, method, route }) => [
      inCode(operation),
      inCode(`${method} ${route.replace('/tenants/{tenant_id}', '…')}`),
      inCode(shown.get(operation) ?? 'no field'),
    ])
}

const { operationIds } = readNames()
const place = (operation: string): number => operationIds.indexOf(operation)

function settingRows(): Rows {
  return Object.entries<Setting>(settings).map(([name, row]) => [
    inCode(name),
    (row.default && inCode(row.default)) +
      (row.inProduction === undefined ? '' : `, in production ${inCode(row.inProduction)}`),
    row.meaning + (row.isSecret ? '; secret' : ''),
  ])
}

/** The gateway's own metrics, in the order in which a scrape has them. */
async function metricRows(): Promise<Rows> {
  const metrics = createMetrics({ operations: [], isWithProcess: false })
  metrics.watch({
    budget: () => ({ limit: 0, learnedLimit: 0, remaining: 0, waiting: NO_CALLS, keys: 0 }),
    cache: () => ({ bytes: 0, entries: 0 }),
    openCircuits: () => 0,
    redis: () => [{ name: 'gateway', isUp: true }],
    proven: () => ({ project: 1 }),
  })
  const labels = labelsOfInstruments()
  const { text } = await metrics.render()
  return [...text.matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\S+)\n([^#]*)/gm)].map(
    ([, name = '', help = '', type = '', series = '']) => {
      const ofSeries = [...series.matchAll(/[{,](\w+)="/g)].map(([, label = '']) => label)
      return [inCode(name), type, listed([...new Set(labels.get(name) ?? ofSeries)]), help]
    },
  )
}

const NO_CALLS = { mutation: 0, interactive: 0, revalidation: 0, warmUp: 0 }

/** Counters and histograms show no series before the first event, so their labels are read from the instruments. */
function labelsOfInstruments(): ReadonlyMap<string, readonly string[]> {
  const instruments = Object.values(createInstruments(new Registry())) as unknown as readonly {
    readonly name: string
    readonly labelNames: readonly string[]
  }[]
  return new Map(instruments.map(({ name, labelNames }) => [name, labelNames]))
}

function importRows(): Rows {
  const everywhere = `everywhere but ${Object.entries(MAY_IMPORT)
    .filter(([, { standsAlone }]) => standsAlone)
    .map(([room]) => inCode(room))
    .join(' and ')}`
  return [
    ...Object.entries(MAY_IMPORT).map(([room, { values, types, because }]) => [
      inCode(room),
      values.includes('') ? 'everything' : listed(values),
      listed(types),
      because,
    ]),
    [everywhere, listed(MAY_BE_IMPORTED_EVERYWHERE), '', 'they depend on no layer'],
  ]
}

/** Files below docs/ that have a printed table. */
export const PRINTED_PAGES = [
  'architecture.md',
  'caching.md',
  'errors.md',
  'metrics.md',
  'operations.md',
  'settings.md',
  'webhooks.md',
]
