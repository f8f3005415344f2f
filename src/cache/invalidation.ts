// Works out what a write makes outdated and what its answer shows, from the row of the write (aurora/writes.ts): docs/caching.md.
import { isSameId, readAuroraId } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'
import { ownReadOf, READS } from '../aurora/reads.ts'
import type { ReadEndpoint, ReadOperation } from '../aurora/reads.ts'
import type { Touches, WriteEndpoint } from '../aurora/writes.ts'
import type { Ids } from '../rest/call.ts'
import { PARENTS } from './parents.ts'
import type { Above } from './parents.ts'

/**
 * Reads of one operation below the ids given: all of them if no id is given, pages and absences included. An id may
 * be that of a parent which the route of the read does not name, so the project's id alone means "a project and
 * everything below it".
 */
export interface Touch {
  readonly operation: ReadOperation
  readonly path: Ids
  /** For a list of the tenant: the only object that is changed, new or gone. Left out: any object may be. */
  readonly of?: string
}

/** The object of such a list that is touched, by an id of the route, or by the id of the new object. */
function withObject(operation: ReadOperation, idOf: (name: string) => string | null): Pick<Touch, 'of'> {
  const name = nameOfListed(operation)
  const id = name === null ? null : idOf(name)
  return id === null ? {} : { of: id }
}

/** The name of the id by which such a list shows its objects; null for other reads. */
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
  /** The answer; null if there is none, or if it is unknown whether the write was carried out. */
  readonly answer: Members | null
  /** The known parents of the object in the route. */
  readonly above: Above
}

/** The object in the answer to a write, and the read that would have returned it. */
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

/** What the end of a job makes outdated; `path` is that of the call whose answer shows the end. */
export const endTouchesOf = (touches: Touches, job: Place): readonly Touch[] =>
  resolveTouches(touches, job, { idOf: (name) => job.path[name] ?? null, made: null })

type Place = Pick<WriteFacts, 'path' | 'above'>

interface Named {
  readonly idOf: (name: string) => string | null
  /** The object that the write has created, and the read that would return it. */
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

/** A new object may have been looked up before, or may have existed: a user who is invited again is not new. */
function madeTouches({ makes }: WriteEndpoint, { answer }: WriteFacts): readonly Touch[] {
  const id = makes && idIn(answer, 'id')
  return id ? [{ operation: makes, path: { [READS[makes].parameters[0] ?? '']: id } }] : []
}

/** Unknown ids are left out, so that everything that they might name is touched. */
const knownIds = (names: readonly string[], idOf: (name: string) => string | null): Ids =>
  Object.fromEntries(
    names.flatMap((name): [string, string][] => {
      const id = idOf(name)
      return id ? [[name, id]] : []
    }),
  )

/**
 * The project or design in the sent members or in the answer. An update that sends another parent moves the object: it
 * is unknown which list it has left, so all lists are touched.
 */
function parentNamed(name: string, { method }: WriteEndpoint, { sent, answer }: WriteFacts): string | null {
  if (!PARENTS.some((parent) => parent === name)) return null
  if (method === 'PUT' && Object.hasOwn(sent, name)) return null
  return idIn(sent, name) ?? idIn(answer, name)
}

const idIn = (members: Members | null, member: string): string | null => readAuroraId(members?.[member])

/**
 * The route with the ids of the object in the answer, if that is another object than the route names; else null. A new
 * object has an id of its own, and an id that the answer leaves out counts as equal.
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

/** The object in the answer; null if the answer does not identify it. */
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
