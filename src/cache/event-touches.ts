// Works out from the row of an event (aurora/events.ts) and the ids that came with it what the event makes untrue: docs/webhooks.md.
import { EVENTS } from '../aurora/events.ts'
import type { EventRow } from '../aurora/events.ts'
import { ALL_READS, isReadOperation, READS } from '../aurora/reads.ts'
import type { ReadOperation } from '../aurora/reads.ts'
import type { Ids } from '../rest/call.ts'
import { withObject } from './invalidation.ts'
import type { Touch } from './invalidation.ts'
import { PARENTS } from './lineage.ts'
import type { Asked } from './lineage.ts'

export interface EventFacts {
  /** Those that came and can be read. What an id that is missing might name is touched as a whole. */
  readonly ids: Ids
  /** The projects that an object of the tenant may lie below; undefined where that is unknown. */
  projectsAbove(asked: Asked): readonly string[] | undefined
}

export function touchesOfEvent({ ids: names, touches }: EventRow, facts: EventFacts): readonly Touch[] {
  const { reads = [], below = [], ofProject = [] } = touches
  const projects = projectsOf(reads, facts)
  const { ids } = facts
  const found: Touch[] = []
  // Without lists of lists: a flood of webhooks makes thousands a second.
  for (const operation of reads) {
    const object = withObject(operation, (name) => ids[name] ?? null)
    for (const path of pathsOf(operation, ids, projects)) found.push({ operation, path, ...object })
  }
  const object = below.length > 0 ? objectOf(names, ids) : NO_IDS
  for (const operation of below) found.push({ operation, path: object })
  for (const operation of ofProject) for (const path of projects) found.push({ operation, path })
  return found
}

/** The id of the project, or of those that cached answers name for the object; an empty path: any project. */
function projectsOf(reads: readonly ReadOperation[], { ids, projectsAbove }: EventFacts): readonly Ids[] {
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

/** Limited by the ids of the route that came; without its own, by that of the project. A list of the tenant has no id. */
function pathsOf(operation: ReadOperation, ids: Ids, projects: readonly Ids[]): readonly Ids[] {
  const { parameters } = READS[operation]
  const known = pick(parameters, ids)
  if (parameters.length === 0 || Object.keys(known).length > 0) return [known]
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

/** For an event that the table does not have: whatever is read by one of these ids, or lies below such an object. */
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
