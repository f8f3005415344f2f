// The tags by which the cache of a router finds answers: the kinds and ids of their parts. A change is named by the same tags.
import { kindRow } from '../aurora/kinds.ts'
import { isReadOperation, READS } from '../aurora/reads.ts'
import type { ReadEndpoint } from '../aurora/reads.ts'
import type { UsedReply } from '../rest/terms.ts'

/** A read, or the answers to it that a change has touched: without ids, all of them. */
export interface TaggedRead {
  readonly operation: string
  readonly path: Readonly<Record<string, string>>
}

/**
 * The tags of an object are that of its kind, which the schema of the subgraph gives to it as well (`@cacheTag`), and
 * its own: `Project` and `Project:<id>`. The tags of a list are that of all such lists, and its own: `Design:list` and
 * `Design:list:<id of the project>`.
 */
export function tagsOfRead({ operation, path }: TaggedRead): readonly string[] {
  const endpoint = endpointOf(operation)
  if (!endpoint) return []
  const all = tagOfAll(endpoint)
  const own = ownTag(endpoint, path)
  return own === null || own === all ? [all] : [all, own]
}

/** The tags of all answers that contain the read, and of answers that have too many parts to name each. */
export function tagsOfTouch({ operation, path }: TaggedRead): readonly string[] {
  const endpoint = endpointOf(operation)
  if (!endpoint) return []
  return [ownTag(endpoint, path) ?? tagOfAll(endpoint), anyTag(endpoint)]
}

/**
 * The tags of an answer, in the two places where routers read them: one list for each entity, or one list for the root
 * fields.
 */
export type TagExtensions =
  | { readonly apolloCacheTags: readonly string[] }
  | { readonly apolloEntityCacheTags: readonly (readonly string[])[] }

/**
 * The limit of all tags together, as JSON. A router stores them with the answer, so they must not make it many times as
 * large.
 */
const MAX_BYTES = 16 * 1024
/** The limit of the tags of kinds. Each of 1,000 entities may have those of two kinds. */
const MAX_BYTES_OF_KINDS = 64 * 1024

/**
 * The tags of the parts. The gateway cannot say which part belongs to which entity, so each entity has the tags of all
 * parts: a change of one drops all that came with it. If there are too many tags, those of the kinds replace them,
 * because every change names its kind as well. Null if even these are too many: then no router may keep the answer,
 * because no change could drop it.
 */
export function describeTags(parts: readonly UsedReply[], entityCount: number | null): TagExtensions | null {
  const times = entityCount ?? 1
  const named = [...new Set(parts.flatMap(tagsOfPart))]
  const tags = bytesOf(named) * times <= MAX_BYTES ? named : [...new Set(parts.flatMap(anyTagOfPart))]
  if (tags !== named && bytesOf(tags) * times > MAX_BYTES_OF_KINDS) return null
  return entityCount === null
    ? { apolloCacheTags: tags }
    : { apolloEntityCacheTags: Array.from({ length: entityCount }, () => tags) }
}

/** The quotation marks and the comma. */
const TAG_BYTES = 3

const bytesOf = (tags: readonly string[]): number =>
  tags.reduce((sum, tag) => sum + tag.length + TAG_BYTES, 0)

/** Kept by reply, because several requests use the same one. */
const known = new WeakMap<UsedReply, readonly string[]>()

function tagsOfPart(part: UsedReply): readonly string[] {
  const tags = known.get(part) ?? tagsOfRead(readOf(part))
  known.set(part, tags)
  return tags
}

function anyTagOfPart({ operation }: UsedReply): readonly string[] {
  const endpoint = endpointOf(operation)
  return endpoint ? [tagOfAll(endpoint), anyTag(endpoint)] : []
}

/** The key of a call is the JSON of a scope, an operation, and the names and values of its path and query. */
function readOf({ key, operation }: UsedReply): TaggedRead {
  const [, , path] = JSON.parse(key) as [string, string, [string, string][]]
  return { operation, path: Object.fromEntries(path) }
}

const endpointOf = (operation: string): ReadEndpoint | null =>
  isReadOperation(operation) ? READS[operation] : null

const nameOf = ({ kind }: ReadEndpoint): string => kindRow(kind).typeName ?? kind

const tagOfAll = (endpoint: ReadEndpoint): string =>
  endpoint.answers === 'list' ? `${nameOf(endpoint)}:list` : nameOf(endpoint)

const anyTag = (endpoint: ReadEndpoint): string => `${nameOf(endpoint)}:any`

/** Null if not all ids of the route are known. Aurora accepts ids in upper and lower case. */
function ownTag(endpoint: ReadEndpoint, path: TaggedRead['path']): string | null {
  const ids = endpoint.parameters.map((name) => path[name])
  if (!ids.every((id) => id !== undefined)) return null
  // A name that the route does not have belongs to an object above: which of these reads are below that object is not
  // known here.
  if (Object.keys(path).some((name) => !endpoint.parameters.includes(name))) return null
  return [tagOfAll(endpoint), ...ids.map((id) => id.toLowerCase())].join(':')
}
