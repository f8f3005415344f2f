// Finds one object by a value that only its list shows: first in the pages that cost nothing, and then page by page.
import { atOnce } from '../turns/at-once.ts'
import type { Soon, Steps } from '../turns/at-once.ts'
import { readAuroraId } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'
import type { Kind } from '../aurora/kinds.ts'
import { READS } from '../aurora/reads.ts'
import { GatewayError } from '../errors/errors.ts'
import type { ListSpec } from '../list-index/list-index.ts'
import { SPECS } from '../list-index/list-specs.ts'
import type { AuroraObject } from './aurora-object.ts'
import type { ByKey } from './by-key.ts'
import { createWalk, readImagined } from './list-walk.ts'
import type { ValueOf, WalkOptions } from './list-walk.ts'
import type { ReadPage } from './read-pages.ts'

/**
 * Finds the object that has the value; if several have it, the first one in the known order of the list. Rejects with
 * NOT_FOUND only if the whole list was searched; if a part of it is missing, with the reason.
 */
export type FindOne = (wanted: ValueOf) => Soon<AuroraObject>

interface FindOneOptions extends WalkOptions {
  readonly objects: ByKey
}

export const createFindOne =
  (given: FindOneOptions): FindOne =>
  (wanted) =>
    atOnce(() => findingOne(wanted, given))

function* findingOne(wanted: ValueOf, given: FindOneOptions): Steps<AuroraObject> {
  const { options, operation, objects } = given
  const { kind } = READS[operation]
  const look = createLook(wanted, SPECS[operation])
  if (!options.lists) {
    const { pages } = yield* readImagined(given)
    pages.forEach((items) => look.at(items ?? []))
    const imagined = look.found() ?? pages.findLast((items) => items && items.length > 0)?.at(-1)
    if (imagined) return objects.refer(String(imagined['id']), imagined)
    throw notFound(kind)
  }
  const walk = createWalk(options.lists, given)
  try {
    const known = walk.find(wanted)
    if (known) return objects.refer(String(known['id']), known)
    const { failure, moved, mayLack } = yield* walk.read({
      onPage: ({ items }: ReadPage) => look.at(items),
      isEnough: () => look.found() !== null,
    })
    const found = look.found()
    if (found) return objects.refer(String(found['id']), found)
    if (failure) throw failure
    if (moved > 0) throw new GatewayError('CONFLICT', `${UNCERTAIN}: ask again.`, { retryAtMs: 0 })
    if (mayLack || !walk.isOfOneTime()) throw new GatewayError('CONFLICT', OF_SEVERAL_TIMES)
    if (look.hasUnknown()) throw new GatewayError('UPSTREAM_INVALID', NOT_SHOWN)
    throw notFound(kind)
  } finally {
    walk.end()
  }
}

const UNCERTAIN = 'The list has changed while it was read, so it is not known whether it has such an object'
const OF_SEVERAL_TIMES =
  'The pages of the list were read at different times, so it is not known whether it has such an object: ask with `Cache-Control: no-cache`.'
const NOT_SHOWN =
  'Aurora’s list does not show this of all objects, so it is not known whether one of them has it.'

const notFound = (kind: Kind): GatewayError =>
  new GatewayError('NOT_FOUND', `There is no ${kind} with this value for this credential.`)

/** Looks through pages for the value. */
function createLook({ name, value }: ValueOf, { values }: ListSpec) {
  const read = values[name]
  if (!read) throw new Error(`the list is not indexed by ${name}`)
  let found: Members | null = null
  let hasUnknown = false
  return {
    at(items: readonly Members[]): void {
      for (const item of items) {
        if (found) return
        const shown = readAuroraId(item['id']) === null ? null : read(item)
        if (shown === null) hasUnknown = true
        else if (shown.includes(value)) found = item
      }
    },
    found: (): Members | null => found,
    hasUnknown: (): boolean => hasUnknown,
  }
}
