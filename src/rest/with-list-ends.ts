// Makes an empty page of a refusal that shows that a list has ended before the page, so that the end is cached as long as the list.
import { refusalOf } from './attempt-error.ts'
import type { Refusal } from './attempt-error.ts'
import type { Call, Layer, Reply } from './call.ts'
import { isFurtherPage, isNoSuchPage } from './no-such-page.ts'

/** Stands inside the layer that stores: what it returns is cached like a page that Aurora has answered with no items. */
export const withListEnds: Layer = (next) => (call) =>
  next(call).catch((error: unknown) => {
    const refusal = refusalOf(error)
    if (refusal && isFurtherPage(call) && isProof(call, refusal) && isNoSuchPage(error, () => true))
      return toEmptyPage(refusal)
    throw error
  })

/**
 * Proxies answer with 404 as well while a service is started anew. Behind a page that may be full nothing else suggests the end, so
 * it is cached as briefly as any 404.
 */
const isProof = ({ isBehindShort }: Call, { status }: Refusal): boolean =>
  status === RANGE_NOT_SATISFIABLE || isBehindShort?.() === true

const RANGE_NOT_SATISFIABLE = 416
const NO_CONTENT = 204

const toEmptyPage = ({ answeredAtMs, sentAtMs, tookMs }: Refusal): Reply => ({
  status: NO_CONTENT,
  value: [],
  bytes: 0,
  answeredAtMs,
  ...(sentAtMs !== undefined && { sentAtMs }),
  ...(tookMs !== undefined && { tookMs }),
})
