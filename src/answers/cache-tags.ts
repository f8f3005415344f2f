// The tags by which the cache of a router finds answers: the kinds and ids of their parts. A change is named by the same tags.
import { kindRow } from '../aurora/kinds.ts'
import { isReadOperation, READS } from '../aurora/reads.ts'
import type { ReadEndpoint } from '../aurora/reads.ts'
import type { UsedReply } from '../rest/terms.ts'

/** A read, or what a change has touched of its answers: without ids, all of them. */
export interface TaggedRead {
  readonly operation: string
  readonly path: Readonly<Record<string, string>>
}

/**
 * Of an object the tag of its kind, which the schema of the subgraph gives to it as well (`@cacheTag`), and its own: `Project` and
 * `Project:<id>`. Of a list that of all such lists, and its own: `Design:list` and `Design:list:<id of the project>`.
 */
export function tagsOfRead({ operation, path }: TaggedRead): readonly string[] {
  const endpoint = endpointOf(operation)
  if (!endpoint) return []
  const all = tagOfAll(endpoint)
  const own = ownTag(endpoint, path)
  return own === null || own === all ? [all] : [all, own]
}

/** Those of whatever contains it, and that of answers with too many parts to name them. */
export function tagsOfTouch({ operation, path }: TaggedRead): readonly string[] {
  const endpoint = endpointOf(operation)
  if (!endpoint) return []
  return [ownTag(endpoint, path) ?? tagOfAll(endpoint), anyTag(endpoint)]
}

/** The tags of an answer, in the two places where routers look: lists for each entity, or one for what the roots show. */
export type TagExtensions =
  | { readonly apolloCacheTags: readonly string[] }
  | { readonly apolloEntityCacheTags: readonly (readonly string[])[] }

/** Of all tags together, as JSON. A router stores them with what it caches, so an answer must not become many times as large. */
const MAX_BYTES = 16 * 1024
/** Of those of kinds, which each of 1,000 entities of two kinds may have. */
const MAX_BYTES_OF_KINDS = 64 * 1024

/**
 * It is not known which part shows which entity, so each entity has the tags of all: a change of one is then one of all that came
 * with it. Where there are too many tags, those of kinds take their place, which every change of such a kind names. Null where these
 * are too many as well: then no router may keep the answer, as no change would let it forget it.
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

/** Requests share the notes of a reply that they use. */
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

/** A key of a call is the JSON of a scope, an operation, and the names and values of its path and query. */
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

/** Null where the ids of the route are not all known. Aurora accepts its ids in capitals and in small letters. */
function ownTag(endpoint: ReadEndpoint, path: TaggedRead['path']): string | null {
  const ids = endpoint.parameters.map((name) => path[name])
  if (!ids.every((id) => id !== undefined)) return null
  // A name that the route does not have is that of an object above: which of these reads lie below it is not known here.
  if (Object.keys(path).some((name) => !endpoint.parameters.includes(name))) return null
  return [tagOfAll(endpoint), ...ids.map((id) => id.toLowerCase())].join(':')
}
