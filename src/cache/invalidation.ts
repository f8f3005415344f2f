// Works out from the row of a write (aurora/writes.ts) what it makes untrue and what its answer shows: docs/caching.md.
import { isSameId, readAuroraId } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'
import { ownReadOf, READS } from '../aurora/reads.ts'
import type { ReadEndpoint, ReadOperation } from '../aurora/reads.ts'
import type { Touches, WriteEndpoint } from '../aurora/writes.ts'
import type { Ids } from '../rest/call.ts'
import { PARENTS } from './lineage.ts'
import type { Above } from './lineage.ts'

/**
 * Reads of one operation below the ids given: all of them where no id is given, pages and absences included. An id may be
 * that of a parent which the route of the read does not name, so "a project and all below" is said by the project's id alone.
 */
export interface Touch {
  readonly operation: ReadOperation
  readonly path: Ids
  /** Of a list of the tenant: the only object of it that is another one now, or is new, or gone. Left out: any may be. */
  readonly of?: string
}

/** The object of which such a list is touched, by an id of the route, or by that of the object that was made. */
function withObject(operation: ReadOperation, idOf: (name: string) => string | null): Pick<Touch, 'of'> {
  const name = nameOfListed(operation)
  const id = name === null ? null : idOf(name)
  return id === null ? {} : { of: id }
}

/** What an object of such a list has its id in; null for other reads. */
export function nameOfListed(operation: ReadOperation): string | null {
  const { form, kind } = READS[operation]
  return isTenantList({ form }) ? (ownReadOf(kind)?.parameters[0] ?? null) : null
}

export const isTenantList = ({ form }: Pick<ReadEndpoint, 'form'>): boolean =>
  form === 'whole' || form === 'sliced'

export interface WriteFacts {
  readonly tenantId: string
  readonly path: Ids
  readonly sent: Members
  /** The answer; null where there is none, or where it is unknown whether the write was carried out. */
  readonly answer: Members | null
  /** What is known of the objects above the one that the route names. */
  readonly above: Above
}

/** An object that a write was answered with, and the read that would have brought it. */
export interface ShownObject {
  readonly read: Touch
  /** Its key within its kind, as loaders name it. */
  readonly key: string
}

export const touchesOf = (write: WriteEndpoint, facts: WriteFacts): readonly Touch[] => [
  ...resolveTouches(write.touches, facts, {
    idOf: (name) => facts.path[name] ?? parentNamed(name, write, facts),
    made: write.makes && idIn(facts.answer, 'id') ? { by: write.makes, id: idIn(facts.answer, 'id') } : null,
  }),
  ...madeTouches(write, facts),
]

/** What a job has made untrue when it ends; `path` is that of the call whose answer shows the end. */
export const endTouchesOf = (touches: Touches, job: Place): readonly Touch[] =>
  resolveTouches(touches, job, { idOf: (name) => job.path[name] ?? null, made: null })

type Place = Pick<WriteFacts, 'path' | 'above'>

interface Named {
  readonly idOf: (name: string) => string | null
  /** The object that the write has made, and the read that would bring it. */
  readonly made: { readonly by: ReadOperation; readonly id: string | null } | null
}

function resolveTouches(
  { reads = [], below = [], ofProject = [] }: Touches,
  { path, above }: Place,
  { idOf, made }: Named,
): readonly Touch[] {
  const objectOf = (operation: ReadOperation) => (name: string) =>
    path[name] ?? (made && made.by === ownReadOf(READS[operation].kind)?.operation ? made.id : null)
  return [
    ...reads.map((operation) => ({
      operation,
      path: knownIds(READS[operation].parameters, idOf),
      ...withObject(operation, objectOf(operation)),
    })),
    ...below.map((operation) => ({ operation, path })),
    ...ofProject.flatMap((operation) =>
      above.project_id
        ? above.project_id.map((project_id) => ({ operation, path: { project_id } }))
        : { operation, path: {} },
    ),
  ]
}

/** What is new may have been asked for before, or may have existed: who is invited again is no new user. */
function madeTouches({ makes }: WriteEndpoint, { answer }: WriteFacts): readonly Touch[] {
  const id = makes && idIn(answer, 'id')
  return id ? [{ operation: makes, path: { [READS[makes].parameters[0] ?? '']: id } }] : []
}

/** An unknown id is left out: then everything that it might name is touched. */
const knownIds = (names: readonly string[], idOf: (name: string) => string | null): Ids =>
  Object.fromEntries(
    names.flatMap((name): [string, string][] => {
      const id = idOf(name)
      return id ? [[name, id]] : []
    }),
  )

/**
 * The project or design that the write has sent or that its answer names. An update that sends another parent moves the
 * object: it is unknown which list it has left, so all lists are touched.
 */
function parentNamed(name: string, { method }: WriteEndpoint, { sent, answer }: WriteFacts): string | null {
  if (!PARENTS.some((parent) => parent === name)) return null
  if (method === 'PUT' && Object.hasOwn(sent, name)) return null
  return idIn(sent, name) ?? idIn(answer, name)
}

const idIn = (members: Members | null, member: string): string | null => readAuroraId(members?.[member])

/**
 * The route with the ids of the object that the answer shows, where that is another one than the route names; else null. The
 * id of what is new is its own, and an id that the answer leaves out is the one that was sent.
 */
export function otherPath({ changes, begins }: WriteEndpoint, path: Ids, answer: Members | null): Ids | null {
  const operation = changes ?? begins
  if (operation === undefined) return null
  const { form, parameters }: ReadEndpoint = READS[operation]
  const own = form === 'one' ? parameters.at(-1) : undefined
  const shown = Object.keys(path).flatMap((name): [string, string][] => {
    const id = idIn(answer, name === own ? 'id' : name)
    return id === null || isSameId(id, path[name] ?? '') ? [] : [[name, id]]
  })
  return shown.length > 0 ? { ...path, ...Object.fromEntries(shown) } : null
}

/** The object that the answer shows; null where it does not say which object it is. */
export function shownBy(
  { makes, changes, begins }: WriteEndpoint,
  { tenantId, path, answer }: WriteFacts,
): ShownObject | null {
  const operation = makes ?? changes ?? begins
  if (operation === undefined) return null
  const { parameters }: ReadEndpoint = READS[operation]
  if (begins) return keyed(operation, path, [...Object.values(path), idIn(answer, 'job_id')])
  if (changes)
    return keyed(
      operation,
      knownIds(parameters, (name) => path[name] ?? null),
      parameters.length > 0 ? parameters.map((name) => path[name] ?? null) : [tenantId],
    )
  const id = idIn(answer, 'id')
  const [name = ''] = parameters
  return keyed(operation, id ? { [name]: id } : {}, [id])
}

const keyed = (operation: ReadOperation, path: Ids, ids: readonly (string | null)[]): ShownObject | null =>
  ids.includes(null) ? null : { read: { operation, path }, key: ids.join('/') }
