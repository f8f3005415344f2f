// A write touches every page of its list: 400 pages of 100,000 objects. Only those that somebody uses are replaced by each write.
import { expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import { createCache } from '../../../src/cache/cache.ts'
import { usedAs } from '../../../src/cache/used-as.ts'
import { buildCall, buildReply } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const endpoint = READS.listProjects

function openAside() {
  const cache = createCache({ maxBytes: 1_000_000, clock: createManualClock(1000) })
  const page = buildCall({ endpoint, path: {}, query: { page: '1', per_page: '250' } })
  const touch = (id: string): void =>
    cache.drop(page.terms.scope.key, [{ operation: 'listProjects', path: {}, of: id }])
  const read = () => {
    const cached = cache.readAside(page)
    if (!cached) throw new Error('the page is aside')
    return cached
  }
  cache.store(page, buildReply([{ id: 'p-1' }, { id: 'p-2' }]))
  touch('p-1')
  return { touch, read }
}

it('a page that is aside and unused stays the same object through further writes', () => {
  const { touch, read } = openAside()
  const { answer } = read()
  touch('p-2')
  expect(read().answer).toBe(answer)
})

it('a page that is aside and in use is another object after a write, and its users see that', () => {
  const { touch, read } = openAside()
  const before = read()
  const used = usedAs('asked', before, endpoint)
  touch('p-2')
  expect(read().answer).not.toBe(before.answer)
  expect(used.life?.isHeld).toBe(false)
})
