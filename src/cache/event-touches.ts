// Works out what an event makes outdated, from its row (aurora/events.ts) and the ids that came with it: docs/webhooks.md.
import { EVENTS } from '../aurora/events.ts'
import type { EventRow } from '../aurora/events.ts'
import { ALL_READS, isReadOperation, READS } from '../aurora/reads.ts'
import type { ReadOperation } from '../aurora/reads.ts'
import type { Ids } from '../rest/call.ts'
import { nameOfListed } from './invalidation.ts'
import type { Touch } from './invalidation.ts'
import { PARENTS } from './parents.ts'
import type { Asked } from './parents.ts'

export interface EventFacts {
  /** The readable ids that came with it. Objects that a missing id might name are touched all together. */
  readonly ids: Ids
  /** The projects above an object of the tenant; undefined if they are unknown. */
  projectsAbove(asked: Asked): readonly string[] | undefined
}

/**
 * A flood of webhooks makes thousands of touches a second, so all reads by the same ids share one path, and no nested
 * lists are made.
 */
export function touchesOfEvent(event: EventRow, facts: EventFacts): readonly Touch[] {
  const { groups, below, ofProject, isOfProject } = planOf(event)
  const { ids } = facts
  const projects = isOfProject(ids) ? projectsOf(event, facts) : ANY
  const found: Touch[] = []
  for (const { parameters, reads } of groups)
    for (const path of pathsOf(parameters, ids, projects))
      for (const { operation, listed } of reads) {
        const of = listed === null ? undefined : ids[listed]
        found.push(of === undefined ? { operation, path } : { operation, path, of })
      }
  const object = below.length > 0 ? objectOf(event.ids, ids) : NO_IDS
  for (const operation of below) found.push({ operation, path: object })
  for (const operation of ofProject) for (const path of projects) found.push({ operation, path })
  return found
}

/** The parts of an event's touches that are the same for all ids. */
interface Plan {
  /** The reads, grouped by their ids. */
  readonly groups: readonly Group[]
  readonly below: readonly ReadOperation[]
  readonly ofProject: readonly ReadOperation[]
  /** Whether one of its reads is limited by the project alone. */
  isOfProject(ids: Ids): boolean
}

interface Group {
  readonly parameters: readonly string[]
  readonly reads: readonly { readonly operation: ReadOperation; readonly listed: string | null }[]
}

const plans = new WeakMap<EventRow, Plan>()

function planOf(event: EventRow): Plan {
  const known = plans.get(event)
  if (known) return known
  const { reads = [], below = [], ofProject = [] } = event.touches
  const groups = new Map<string, { parameters: readonly string[]; reads: Group['reads'][number][] }>()
  for (const operation of reads) {
    const { parameters } = READS[operation]
    const group = groups.get(parameters.join()) ?? { parameters, reads: [] }
    group.reads.push({ operation, listed: nameOfListed(operation) })
    groups.set(parameters.join(), group)
  }
  const all = [...groups.values()]
  const plan: Plan = {
    groups: all,
    below,
    ofProject,
    isOfProject: (ids) =>
      ofProject.length > 0 ||
      all.some(
        ({ parameters }) => parameters.length > 0 && !parameters.some((name) => ids[name] !== undefined),
      ),
  }
  plans.set(event, plan)
  return plan
}

/** The id of the project, or of those that cached answers name for the object; an empty path: any project. */
function projectsOf(
  { touches: { reads = [] } }: EventRow,
  { ids, projectsAbove }: EventFacts,
): readonly Ids[] {
  const { project_id } = ids
  if (project_id !== undefined) return [{ project_id }]
  for (const operation of [...reads, OF_ANY_DESIGN]) {
    const [name = ''] = READS[operation].parameters
    const id = ids[name]
    if (id === undefined) continue
    const projects = projectsAbove({ endpoint: READS[operation], path: { [name]: id } })
    if (projects && projects.length > 0) return projects.map((project) => ({ project_id: project }))
  }
  return ANY
}

const NO_IDS: Ids = {}
const ANY: readonly Ids[] = [NO_IDS]

/** Events about parts of a design name it, and cached answers name the project of a design. */
const OF_ANY_DESIGN: ReadOperation = 'retrieveDesign'

/**
 * The paths of the touches: by the ids of the route that came; without these, by the id of the project. A list of the
 * tenant has no id.
 */
function pathsOf(parameters: readonly string[], ids: Ids, projects: readonly Ids[]): readonly Ids[] {
  if (parameters.length === 0) return ANY
  if (parameters.some((name) => ids[name] !== undefined)) return [pick(parameters, ids)]
  const isOfProject = parameters.some((name) => name === 'project_id')
  return isOfProject || ids['project_id'] !== undefined ? projects : ANY
}

/** The object that the event is about and everything below it: a design is below a project. */
function objectOf(attributes: readonly string[], ids: Ids): Ids {
  const named = attributes.map((attribute) => attribute.toLowerCase())
  const own = PARENTS.filter((name) => named.includes(name)).toReversed()
  const given = [...own, ...PARENTS].find((name) => ids[name] !== undefined)
  return given === undefined ? {} : pick([given], ids)
}

function pick(names: readonly string[], ids: Ids): Ids {
  const picked: Record<string, string> = {}
  for (const name of names) {
    const id = ids[name]
    if (id !== undefined) picked[name] = id
  }
  return picked
}

/**
 * For an event that the table does not have: touches everything that is read by one of these ids, or is below such an
 * object.
 */
export function touchesOfIds(facts: EventFacts): readonly Touch[] {
  const { ids } = facts
  const own = ALL_READS.flatMap(({ operation, parameters }): Touch[] => {
    const path = pick(parameters, ids)
    return isReadOperation(operation) && Object.keys(path).length > 0 ? [{ operation, path }] : []
  })
  const below = [EVENTS.project_deleted, EVENTS.design_deleted].filter(
    (event) => ids[event.ids.at(-1)?.toLowerCase() ?? ''] !== undefined,
  )
  return [...own, ...below.flatMap((event) => touchesOfEvent(event, facts))]
}
