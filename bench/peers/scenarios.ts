// The table of scenarios: who is measured, against whom, under which load, and which figures are shown.
import type { QueryKind } from './dialects.ts'
import type { Column } from './results.ts'

interface Common {
  readonly title: string
  /** The peer by whose figure of the same round a ratio divides. */
  readonly base: string
  readonly peers: readonly string[]
  readonly rounds: number
  readonly columns: readonly Column[]
}

export type Scenario =
  | (Common & {
      readonly kind: 'load'
      readonly clients: number
      readonly seconds: number
      readonly warmSeconds: number
      readonly latencyMs: number
      readonly query: QueryKind | 'new document'
    })
  | (Common & { readonly kind: 'calls' | 'limit' | 'start' })

const ratio = (head: string): Column => ({ head, figure: 'perSecond', isRatio: true })
const LOAD_COLUMNS: readonly Column[] = [
  { head: 'a second', figure: 'perSecond' },
  { head: 'p50 ms', figure: 'p50Ms' },
  { head: 'p99 ms', figure: 'p99Ms' },
  { head: 'CPU ms each', figure: 'cpuMs' },
  { head: 'RSS MB', figure: 'rssMb' },
  { head: 'failed', figure: 'failed' },
]
const COLD_COLUMNS = [...LOAD_COLUMNS, { head: 'calls each', figure: 'callsEach' }]
const COLD_PEERS = [
  'calls-alone',
  'yoga-naive',
  'yoga-dataloader',
  'apollo-plain',
  'hive-plain',
  'tailcall-plain',
  'ours-cold',
]
const CACHED_PEERS = ['apollo-cached', 'hive-cached', 'yoga-cached', 'tailcall-cached']

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  A: {
    kind: 'load',
    title: 'The same screen again, everything cached',
    base: 'bare',
    peers: ['bare', 'ours', 'ours-keys', ...CACHED_PEERS],
    rounds: 5,
    clients: 16,
    seconds: 2,
    warmSeconds: 3,
    latencyMs: 0,
    query: 'screen',
    columns: [
      ratio('of bare node:http'),
      { head: "p99 of bare's", figure: 'p99Ms', isRatio: true },
      ...LOAD_COLUMNS,
    ],
  },
  A2: {
    kind: 'load',
    title: 'The same screen executed each time, all replies cached',
    base: 'yoga-map',
    peers: ['yoga-map', 'jit-map', 'ours-executed'],
    rounds: 5,
    clients: 16,
    seconds: 2,
    warmSeconds: 3,
    latencyMs: 0,
    query: 'screen',
    columns: [ratio('of Yoga + DataLoader over a map'), ...LOAD_COLUMNS],
  },
  'A2-new': {
    kind: 'load',
    title: 'The screen in a document never seen before, all replies cached',
    base: 'yoga-map',
    peers: ['yoga-map', 'jit-map', 'ours'],
    rounds: 5,
    clients: 16,
    seconds: 2,
    warmSeconds: 3,
    latencyMs: 0,
    query: 'new document',
    columns: [ratio('of Yoga + DataLoader over a map'), ...LOAD_COLUMNS],
  },
  B0: {
    kind: 'load',
    title: 'Nothing cached, one client, Aurora answers at once',
    base: 'yoga-naive',
    peers: COLD_PEERS,
    rounds: 5,
    clients: 1,
    seconds: 2,
    warmSeconds: 6,
    latencyMs: 0,
    query: 'screen',
    columns: [ratio('of naive Yoga'), ...COLD_COLUMNS],
  },
  B40: {
    kind: 'load',
    title: 'Nothing cached, one client, Aurora answers after 40 ms; three levels are 120 ms',
    base: 'yoga-naive',
    peers: COLD_PEERS,
    rounds: 5,
    clients: 1,
    seconds: 2,
    warmSeconds: 6,
    latencyMs: 40,
    query: 'screen',
    columns: [ratio('of naive Yoga'), ...COLD_COLUMNS],
  },
  B8: {
    kind: 'load',
    title: 'Nothing cached, eight clients, Aurora answers at once',
    base: 'yoga-naive',
    peers: COLD_PEERS,
    rounds: 3,
    clients: 8,
    seconds: 3,
    warmSeconds: 6,
    latencyMs: 0,
    query: 'screen',
    columns: [ratio('of naive Yoga'), ...COLD_COLUMNS],
  },
  C: {
    kind: 'calls',
    title: 'Calls to Aurora',
    base: 'yoga-dataloader',
    peers: ['yoga-dataloader', ...CACHED_PEERS, 'ours'],
    rounds: 1,
    columns: [
      { head: 'a cold screen', figure: 'coldScreen' },
      { head: 'again', figure: 'again' },
      { head: '20 cold screens at once', figure: 'burst' },
      { head: 'a list, 5 details, the list', figure: 'visit' },
      { head: 'of these made twice', figure: 'repeated' },
      { head: 'not in full', figure: 'notFull' },
    ],
  },
  D: {
    kind: 'limit',
    title: '60 clients against 90 calls a window, six windows',
    base: 'ours-limited',
    peers: ['ours-limited', ...CACHED_PEERS],
    rounds: 1,
    columns: [
      { head: 'in full %', figure: 'fullPercent' },
      { head: 'second half %', figure: 'secondHalfFullPercent' },
      { head: 'screens in full %', figure: 'screenFullPercent' },
      { head: 'failed %', figure: 'failedPercent' },
      { head: 'silently incomplete %', figure: 'silentPercent' },
      { head: 'requests', figure: 'requests' },
      { head: 'answered 429', figure: 'refused' },
      { head: 'calls', figure: 'calls' },
      { head: 'p50 ms', figure: 'p50Ms' },
    ],
  },
  E: {
    kind: 'start',
    title: 'Start and size',
    base: 'apollo-cached',
    peers: ['bare', ...CACHED_PEERS, 'ours'],
    rounds: 5,
    columns: [
      { head: 'ready, of Apollo', figure: 'readyMs', isRatio: true },
      { head: 'ready ms', figure: 'readyMs' },
      { head: 'CPU ms until ready', figure: 'cpuMs' },
      { head: 'idle MB', figure: 'idleMb' },
      { head: 'installed MB', figure: 'installedMb' },
    ],
  },
}
