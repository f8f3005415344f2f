// The pages of a made-up list as a reader gets them. Nothing is cached unless the test caches it.
import type { Members } from '../../src/aurora/body.ts'
import { createListEnds } from '../../src/loaders/list-ends.ts'
import { createPages } from '../../src/loaders/pages.ts'
import type { PageSource, Pages } from '../../src/loaders/pages.ts'
import { buildScope } from './builders.ts'
import { createManualClock } from './manual-clock.ts'

/** Page numbers count from 0. */
export type ReadPage = (page: number) => Promise<readonly Members[]>

interface ListPagesOptions {
  /** The size in the requests. */
  readonly size: number
  readonly glance?: PageSource['glance']
}

/** Opens the pages for one reader after the other. All of them share what was learned of the lengths of pages. */
export function createListPages(
  read: ReadPage,
  { size, glance = () => null }: ListPagesOptions,
): () => Pages {
  const listEnds = createListEnds({ clock: createManualClock() })
  const list = { scope: buildScope().key, operation: 'listProjects' as const, size }
  return () =>
    createPages({
      read,
      glance,
      decideEnd: (page, items) => listEnds.decide(list, { page, items }),
      learn: (page, items, before) => listEnds.learn(list, { name: String(page), items, before }),
    })
}
