// Works out from the row of a write (aurora/writes.ts) what it makes untrue and what its answer shows: docs/caching.md.
import { readAuroraId } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'
import { READS } from '../aurora/reads.ts'
import type { ReadEndpoint, ReadOperation } from '../aurora/reads.ts'
import type { Touches, WriteEndpoint } from '../aurora/writes.ts'
import type { Ids } from '../rest/call.ts'

/** Reads of one operation below the ids given: all of them where no id is given, pages and absences included. */
export interface Touch {
  readonly operation: ReadOperation
  readonly path: Ids
}

export interface WriteFacts {
  readonly tenantId: string
  readonly path: Ids
  readonly sent: Members
  /** The answer; null where there is none, or where it is unknown whether the write was carried out. */
  readonly answer: Members | null
  /** Ids of the objects that cached lists show below the ids given. */
  readonly listed: (touch: Touch) => readonly string[]
}

/** An object that a write was answered with, and the read that would have brought it. */
export interface ShownObject {
  readonly read: Touch
  /** Its key within its kind, as loaders name it. */
  readonly key: string
}

/** Parents that a write may name outside of its route: it sends them, or its answer has them, as members. */
const PARENTS: ReadonlySet<string> = new Set(['project_id', 'design_id'])

export const touchesOf = ({ touches, method }: WriteEndpoint, facts: WriteFacts): readonly Touch[] =>
  resolveTouches(touches, facts, (name) => facts.path[name] ?? parentNamed(name, method, facts))

/** What a job has made untrue when it ends; `path` is that of the call whose answer shows the end. */
export const endTouchesOf = (
  touches: Touches,
  { path, listed }: Pick<WriteFacts, 'path' | 'listed'>,
): readonly Touch[] => resolveTouches(touches, { path, listed }, (name) => path[name] ?? null)

function resolveTouches(
  { reads = [], readsOfDesigns = [] }: Touches,
  { path, listed }: Pick<WriteFacts, 'path' | 'listed'>,
  idOf: (name: string) => string | null,
): readonly Touch[] {
  const designIds = readsOfDesigns.length > 0 ? listed({ operation: 'listDesigns', path }) : []
  return [
    ...reads.map((operation) => ({ operation, path: knownIds(READS[operation].parameters, idOf) })),
    ...designIds.flatMap((design_id) =>
      readsOfDesigns.map((operation) => ({ operation, path: { design_id } })),
    ),
  ]
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
function parentNamed(
  name: string,
  method: WriteEndpoint['method'],
  { sent, answer }: WriteFacts,
): string | null {
  if (!PARENTS.has(name)) return null
  if (method === 'PUT' && Object.hasOwn(sent, name)) return null
  return idIn(sent, name) ?? idIn(answer, name)
}

const idIn = (members: Members | null, member: string): string | null => readAuroraId(members?.[member])

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
