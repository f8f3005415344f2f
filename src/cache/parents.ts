// Below which project and design objects are, as far as one answer or the route of its call shows it.
import { isMembers, readAuroraId } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'
import type { Kind } from '../aurora/kinds.ts'
import { ALL_READS } from '../aurora/reads.ts'
import { isReply, itemsOf } from '../rest/answer.ts'
import type { Answer } from '../rest/answer.ts'
import type { Question } from '../rest/call.ts'

/** The parents of objects, the highest first, by the names of their ids in routes and bodies. */
export const PARENTS = ['project_id', 'design_id'] as const

/** Ids of the objects above another one; a name that is left out is not known. Several ids: one of them is right. */
export type Above = { readonly [Name in (typeof PARENTS)[number]]?: readonly string[] | undefined }

/** The question of a read, or of a write; its page does not matter. */
export type Asked = Pick<Question, 'endpoint' | 'path'>

/** An object by the name and the value of its id, and its parents. */
type Named = readonly [name: string, id: string, above: Above]

/** Joins two sources, because each may contain what the other lacks. */
export function bothAbove(one: Above, other: Above = NOTHING): Above {
  if (isNothing(other)) return one
  const idsOf = (name: keyof Above): readonly string[] => [...(one[name] ?? []), ...(other[name] ?? [])]
  return fromIds(idsOf('project_id'), idsOf('design_id'))
}

export const NOTHING: Above = Object.freeze({ project_id: undefined, design_id: undefined })

export const isNothing = ({ project_id, design_id }: Above): boolean =>
  project_id === undefined && design_id === undefined

const fromIds = (projectIds: readonly string[], designIds: readonly string[]): Above => ({
  project_id: projectIds.length > 0 ? projectIds : undefined,
  design_id: designIds.length > 0 ? designIds : undefined,
})

/** Whether it returns the object that its only id names. */
export const isOwnRead = ({ form, parameters }: Asked['endpoint']): boolean =>
  form === 'one' && parameters.length === 1

/** The first id of a route is that of the object whose parents the answer may contain. */
export const ownNameOf = ({
  endpoint: { parameters },
  path,
}: Asked): readonly [string, string | undefined] => {
  const name = parameters[0] ?? ''
  return [name, path[name]]
}

/** Only ids of true parents: a project may name one of its designs, which is not a parent. */
export function onlyAbove(name: string, above: Above): Above {
  if (isNothing(above)) return above
  const { project_id, design_id } = above
  const isProject = name === 'project_id'
  return {
    project_id: isProject ? undefined : project_id,
    design_id: isProject || name === 'design_id' ? undefined : design_id,
  }
}

/** The parents that an answer shows of the object that it is about. */
export const aboveIn = (name: string, answer: Answer): Above =>
  isReply(answer) && isMembers(answer.value) ? onlyAbove(name, parentsIn(answer.value)) : NOTHING

function parentsIn({ project_id, design_id }: Members): Above {
  if (project_id === undefined && design_id === undefined) return NOTHING
  return fromIds(idsIn(project_id), idsIn(design_id))
}

function idsIn(value: unknown): readonly string[] {
  const id = readAuroraId(value)
  return id === null ? [] : [id]
}

/** Names of the ids of kinds that are read by their own id alone, so that the route does not name their parent. */
const OWN_NAMES: ReadonlyMap<Kind, string> = new Map(
  ALL_READS.flatMap(({ kind, form, parameters: [name, ...others] }): [Kind, string][] =>
    form === 'one' && name !== undefined && name !== 'project_id' && others.length === 0
      ? [[kind, name]]
      : [],
  ),
)

const NONE: readonly Named[] = []

/** What the route names is what was asked for. */
const joinedAbove = (own: Above, inRoute: Above): Above => ({
  project_id: inRoute.project_id ?? own.project_id,
  design_id: inRoute.design_id ?? own.design_id,
})

/** The objects of a list. */
export function itemsNamedIn(asked: Asked, answer: Answer): readonly Named[] {
  const items = itemsOf(answer)
  const name = items.length > 0 ? OWN_NAMES.get(asked.endpoint.kind) : undefined
  if (name === undefined) return NONE
  const inRoute = parentsIn(asked.path)
  const named: Named[] = []
  for (const item of items) {
    const id = readAuroraId(item['id'])
    const own = parentsIn(item)
    if (id !== null && !(isNothing(own) && isNothing(inRoute)))
      named.push([name, id, onlyAbove(name, joinedAbove(own, inRoute))])
  }
  return named
}
