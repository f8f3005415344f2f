// The floods of webhooks that `bench/webhooks.ts` measures: events of Aurora's catalogue, about objects that are used or not.
import { EVENTS } from '../src/aurora/events.ts'
import type { EventName } from '../src/aurora/events.ts'
import type { Simulator } from '../src/simulator/simulator.ts'

export interface Flood {
  readonly name: string
  /** Paths with ids, sent in turn. */
  readonly targets: readonly string[]
  /** Read before each round. */
  readonly cached?: string
  /** Watched by several clients during the flood. */
  readonly watched?: string
  /** Aurora changes an object that is watched. */
  readonly change?: () => void
}

type Ids = Readonly<Record<string, string>>

const ALL_EVENTS = Object.keys(EVENTS) as EventName[]
const CACHED = '{ projects(first: 40) { nodes { id name status designs { id name } } } }'
const WATCHED = 'query Board @live { projects(first: 20) { nodes { id name status } } }'

export function createFloods(simulator: Simulator): readonly Flood[] {
  const objects = (from: number, to: number): readonly Ids[] => objectsOf(simulator, from, to)
  return [
    { name: 'all events, objects nobody has read', targets: toTargets(ALL_EVENTS, objects(300, 400)) },
    {
      name: 'all events, objects in the cache',
      targets: toTargets(ALL_EVENTS, objects(0, 40)),
      cached: CACHED,
    },
    {
      name: 'watched projects',
      targets: toTargets(['project_status_changed'], objects(0, 20)),
      watched: WATCHED,
    },
    {
      name: 'watched projects that change',
      targets: toTargets(['project_status_changed'], objects(0, 20)),
      watched: WATCHED,
      change: createChange(simulator),
    },
    { name: 'one event and object', targets: toTargets(['project_changed'], objects(300, 301)) },
  ]
}

/** Each project of the board in turn gets another status. */
function createChange({ data, changeInApp }: Simulator): () => void {
  let changes = 0
  return () => {
    changes += 1
    const project_id = String(data.projects[changes % 20]?.id)
    const members = { status: `Status ${changes}.` }
    changeInApp({ event: 'project_status_changed', ids: { project_id }, members })
  }
}

const objectsOf = ({ data }: Simulator, from: number, to: number): readonly Ids[] =>
  data.projects.slice(from, to).map(({ id }) => {
    const [design] = data.designsOf(String(id))
    return { PROJECT_ID: String(id), ...(design && { DESIGN_ID: String(design.design.id) }) }
  })

/** Each event in turn, about one object after the other. Ids of other kinds are made up, and are the same in each round. */
function toTargets(names: readonly EventName[], objects: readonly Ids[]): readonly string[] {
  return Array.from({ length: names.length * objects.length }, (_, index) => {
    const name = names[index % names.length] ?? 'project_changed'
    const ids = objects[Math.floor(index / names.length)] ?? {}
    const query = EVENTS[name].ids.map((attribute) => `${attribute}=${ids[attribute] ?? madeUp(index)}`)
    return `/webhooks/aurora/${name}?${query.join('&')}`
  })
}

const madeUp = (index: number): string => `9a0e2f4c-0000-4000-8000-${String(index).padStart(12, '0')}`
