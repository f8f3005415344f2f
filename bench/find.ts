// What a question to the index of a list costs, beside `Array.prototype.filter` over the parsed objects: `npm run bench:find`.
// CPU time of this process, in alternated rounds; ratios are of the same run.
import { addWords, readSearch } from '../src/list-index/fold-text.ts'
import { createListIndex } from '../src/list-index/list-index.ts'
import type { ListIndex, Question } from '../src/list-index/list-index.ts'
import { PROJECT_SPEC } from '../src/list-index/project-spec.ts'
import { countHeldBytes } from '../test/support/memory.ts'
import { createRandom } from '../test/support/seeded-random.ts'

const PAGE = 250
const QUESTIONS = 300

type Project = ReturnType<typeof makeProject>

const random = createRandom(11)
const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item
const LAST_NAMES = Array.from(
  { length: 4000 },
  (_, index) => `${pick(['Öst', 'Mc', 'Ngu', 'van ', 'Bau', 'Sil', 'Kow'])}${index.toString(36)}er`,
)
const FIRST_NAMES = ['José', 'Anna', 'Wei', 'Zoë', 'Priya', 'Liam', 'Noor', 'Olu', 'Søren', 'Ivy']
const STREETS = [
  'Maple',
  'Harbour',
  'Elm',
  'Queen',
  'Sunset',
  'Ridge',
  'Mission',
  'Lakeview',
  'Church',
  'Mill',
]
const CITIES = ['Auckland', 'San José', 'Sacramento', 'Zürich', 'Austin', 'Boise', 'Tauranga', 'Galway']
const STATUSES = ['In Progress', 'Sold', 'Lost', 'Proposal Sent', 'Installed', 'On Hold']

function makeProject(index: number) {
  const first = pick(FIRST_NAMES)
  const last = pick(LAST_NAMES)
  return {
    id: `${(index * 2654435761).toString(16).padStart(12, '0')}-4d6f-8b15-${index.toString(16).padStart(12, '0')}`,
    external_provider_id: index % 3 === 0 ? `CRM-${100_000 + index}` : null,
    name: `${last} residence`,
    status: pick(STATUSES),
    project_type: pick(['residential', 'commercial']),
    tags: [pick(['north', 'south', 'east']), pick(['vip', 'web', 'referral'])],
    customer_first_name: first,
    customer_last_name: last,
    customer_email: `${first}.${last}@example.test`.toLowerCase(),
    customer_phone: `+64 9 ${index}`,
    mailing_address: null,
    location: {
      property_address: `${index % 999} ${pick(STREETS)} Street, ${pick(CITIES)}`,
      latitude: random() * 90,
      longitude: random() * 180,
    },
    owner_id: `owner-${index % 40}`,
    team_id: `team-${index % 7}`,
    partner_id: null,
    created_at: new Date(Date.UTC(2026, 0, 1) - index * 3_600_000).toISOString(),
  }
}

const pagesOf = (projects: readonly Project[]): readonly (readonly Project[])[] =>
  Array.from({ length: Math.ceil(projects.length / PAGE) }, (_, page) =>
    projects.slice(page * PAGE, (page + 1) * PAGE),
  )

function fill(index: ListIndex, projects: readonly Project[]): void {
  for (const [page, items] of pagesOf(projects).entries()) index.put(page, items)
}

const ASKED: Question = {
  values: {},
  ranges: {},
  words: [],
  sort: { by: 'CREATED_AT', isDescending: true },
  limit: 20,
  isFromEnd: false,
  after: null,
  before: null,
}

interface Both {
  readonly ours: () => number
  readonly plain: () => number
}

/** A filter of three members, sorted by name, counted: what one screen asks for. */
function filterOnce(index: ListIndex, projects: readonly Project[]): Both {
  const status = [pick(STATUSES), pick(STATUSES)]
  const tags = [pick(['north', 'south', 'east'])]
  const ownerId = [`owner-${Math.floor(random() * 40)}`, `owner-${Math.floor(random() * 40)}`]
  return {
    ours: () =>
      index.find({ ...ASKED, values: { status, tags, ownerId }, sort: { by: 'NAME', isDescending: false } })
        .total,
    plain: () =>
      projects
        .filter(
          (project) =>
            status.includes(project.status) &&
            tags.some((tag) => project.tags.includes(tag)) &&
            ownerId.includes(project.owner_id),
        )
        .sort((one, other) => (one.name < other.name ? -1 : 1)).length,
  }
}

function searchOnce(index: ListIndex, projects: readonly Project[]): Both {
  const words = readSearch(
    pick(['auck', 'san j', 'soren', 'maple aus', '12 rid', 'ngu zur', 'crm-1', 'anna']),
  )
  return {
    ours: () => index.find({ ...ASKED, words }).total,
    plain: () =>
      projects.filter((project) => {
        const own = new Set<string>()
        for (const text of PROJECT_SPEC.texts(project)) addWords(own, text)
        return words.every((word) => [...own].some((each) => each.startsWith(word)))
      }).length,
  }
}

const cpuMs = (from: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(from)
  return (user + system) / 1000
}

function timeOf(step: () => number): [ms: number, total: number] {
  const from = process.cpuUsage()
  const total = step()
  return [cpuMs(from), total]
}

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((one, other) => one - other)[Math.floor((values.length - 1) * share)] ?? NaN

function measure(name: string, count: number, make: () => Both): void {
  const times: { ours: number[]; plain: number[] } = { ours: [], plain: [] }
  for (let index = 0; index < count; index += 1) {
    const { ours, plain } = make()
    const [ourMs, ourTotal] = timeOf(ours)
    const [plainMs, plainTotal] = timeOf(plain)
    if (ourTotal !== plainTotal)
      throw new Error(`${name}: ${ourTotal} found, and ${plainTotal} by Array.filter`)
    times.ours.push(ourMs)
    times.plain.push(plainMs)
  }
  const row = (share: number): string =>
    `${percentile(times.ours, share).toFixed(2)} ms, filter ${percentile(times.plain, share).toFixed(2)} ms`
  const ratio = percentile(times.plain, 0.5) / percentile(times.ours, 0.5)
  console.log(`${name}: p50 ${row(0.5)}; p95 ${row(0.95)}; ${ratio.toFixed(1)} times as fast`)
}

function measureMemory(): void {
  const text = JSON.stringify(Array.from({ length: 5000 }, (_, index) => makeProject(index)))
  const before = countHeldBytes()
  const index = createListIndex(PROJECT_SPEC)
  // The objects themselves belong to the cache.
  fill(index, JSON.parse(text) as Project[])
  const heldMb = ((countHeldBytes() - before) / 1e6).toFixed(1)
  const countedMb = (index.size().bytes / 1e6).toFixed(1)
  console.log(
    `5,000 projects (${(text.length / 1e6).toFixed(1)} MB of JSON): ${heldMb} MB held, ${countedMb} MB by its own count`,
  )
}

measureMemory()
const projects = Array.from({ length: 50_000 }, (_, index) => makeProject(index))
const index = createListIndex(PROJECT_SPEC)
const [fillMs] = timeOf(() => {
  fill(index, projects)
  return 0
})
console.log(
  `50,000 projects: indexed in ${fillMs.toFixed(0)} ms, ${(fillMs / 200).toFixed(2)} ms for each page; ${(index.size().bytes / 1e6).toFixed(1)} MB by its own count`,
)
measure('filter by three members, sort by name, count', QUESTIONS, () => filterOnce(index, projects))
measure('search', 30, () => searchOnce(index, projects))
