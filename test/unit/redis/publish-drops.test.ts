// Drops that wait for Redis: those of one owner are one, so that a flood while it is away is not forgotten.
import { expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import { readNameOf } from '../../../src/cache/read-name.ts'
import type { Connection } from '../../../src/redis/connection.ts'
import { readDrop } from '../../../src/redis/drop-text.ts'
import type { Drop } from '../../../src/redis/drop-text.ts'
import { createKeys } from '../../../src/redis/keys.ts'
import { createPublisher } from '../../../src/redis/publish-drops.ts'
import { tenantOf } from '../../../src/rest/scope.ts'
import { buildScope } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const { key: scope } = buildScope()
const dropOf = (id: number): Drop => ({
  owner: tenantOf(scope),
  touches: [
    { operation: 'retrieveProject', path: { project_id: `p-${id}` } },
    { operation: 'listProjects', path: {} },
  ],
})

function open() {
  const clock = createManualClock(1000)
  let answer: ((taken: unknown) => void) | null = null
  const sent: Drop[][] = []
  const texts: string[] = []
  const client = {
    eval(...given: unknown[]) {
      const batch = given.slice(9).map(String)
      texts.push(...batch)
      sent.push(batch.flatMap((text) => readDrop(text) ?? []))
    },
  }
  const main = {
    ask(question: (to: typeof client) => unknown) {
      question(client)
      return new Promise((resolve) => (answer = resolve))
    },
  } as unknown as Connection
  let copiedId = '0-0'
  const publisher = createPublisher({
    main,
    clock,
    keys: createKeys('test:'),
    replicaId: 'this',
    copied: () => ({ generation: 'generation', id: copiedId }),
    onTaken: () => {},
  })
  return {
    clock,
    publisher,
    sent,
    texts,
    /** The copy of the log has all entries up to this one. */
    copyTo: (id: string) => void (copiedId = id),
    async answer(ids: readonly string[] | null) {
      answer?.(ids && [1000, ids, []])
      await Promise.resolve()
      await Promise.resolve()
      await Promise.resolve()
    },
  }
}

it('a flood of webhooks of one tenant while Redis is away is one drop, and nothing of it is forgotten', async () => {
  const { publisher, sent, answer } = open()
  for (let id = 1; id <= 300; id += 1) publisher.add(dropOf(id))
  expect(publisher.takeForgotten()).toBe(false)
  expect([publisher.hasSent(1), publisher.hasSent(300)]).toEqual([false, false])
  const sending = publisher.send()
  expect(sent[0]).toHaveLength(1)
  const [only] = sent[0] ?? []
  expect(only?.touches).toHaveLength(301)
  await answer(['1-0'])
  await sending
  expect(publisher.hasSent(300)).toBe(true)
})

it('very many pages to which items have moved are bounded, and the lists of the others count as touched', async () => {
  const { publisher, sent, answer } = open()
  const pageOf = (number: number) => ({
    operation: 'listDesigns' as const,
    path: { project_id: `p-${number}` },
    query: { page: '2' },
  })
  for (let number = 1; number <= 300; number += 1)
    publisher.add({ owner: scope, touches: [], moved: [pageOf(number)] })
  const sending = publisher.send()
  await answer(['1-0'])
  await sending

  const [only] = sent[0] ?? []
  const told = [...(only?.moved ?? []), ...(only?.touches ?? [])].map(({ path }) => path['project_id'])
  expect(new Set(told)).toEqual(new Set(Array.from({ length: 300 }, (_, index) => `p-${index + 1}`)))
  expect(only?.moved).toHaveLength(100)
})

it.each([800, 2500])(
  'a drop of %i objects is smaller than the least limit of Redis for a text',
  async (count) => {
    const { publisher, sent, answer } = open()
    const id = (number: number): string => `${number}`.padStart(128, '0')
    for (let number = 1; number <= count; number += 1) {
      const path = { design_id: id(number), project_id: id(number), financing_id: id(number) }
      publisher.add({ owner: scope, touches: [{ operation: 'retrieveDesign', path }] })
      const query = { page: id(number), per_page: id(number) }
      const moved = [{ operation: 'listDesigns' as const, path, query }]
      if (number <= 100) publisher.add({ owner: scope, touches: [], moved })
    }
    void publisher.send()
    await answer(['1-0'])
    // proto-max-bulk-len.
    expect(JSON.stringify(sent[0]?.[0]).length).toBeLessThan(1024 * 1024)
  },
)

it('a page that changes again and again while Redis is away waits once, as of its last change', async () => {
  const { clock, publisher, sent, answer } = open()
  const page = { operation: 'listProjects' as const, path: {}, query: { page: '2' } }
  for (let change = 0; change < 150; change += 1) {
    await clock.advance(1000)
    publisher.add({ owner: scope, touches: [], moved: [{ ...page, askedAgoMs: 20 }] })
  }
  publisher.add({ owner: scope, touches: [], moved: [{ ...page, askedAgoMs: 900 }] })
  void publisher.send()
  await answer(['1-0'])

  expect(sent).toEqual([[{ owner: scope, touches: [], moved: [{ ...page, askedAgoMs: 20 }] }]])
})

it('a page that waits for Redis was asked for as long ago as it is when it is sent', async () => {
  const { clock, publisher, sent, answer } = open()
  const page = { operation: 'listProjects' as const, path: {}, query: { page: '2' } }
  publisher.add({ owner: scope, touches: [], moved: [{ ...page, askedAgoMs: 300 }] })
  await clock.advance(60_000)
  publisher.add({ owner: scope, touches: [], moved: [{ ...page, query: { page: '3' }, askedAgoMs: 20 }] })
  const first = publisher.send()
  await answer(['1-0'])
  await first
  await clock.advance(1000)
  publisher.sendAgain()
  const second = publisher.send()
  await answer(['2-0'])
  await second

  expect(sent.map(([drop]) => drop?.moved?.map(({ askedAgoMs }) => askedAgoMs))).toEqual([
    [60_300, 20],
    [61_300, 1020],
  ])
})

it('what shows that webhooks arrive is sent once only, and a doubt as often as its drop', async () => {
  const { publisher, sent, answer } = open()
  const facts = {
    received: ['project_changed'],
    subscribed: ['project_changed'],
    doubted: { project: 'audit' },
  }
  publisher.add({ ...dropOf(1), facts } as Drop)
  const first = publisher.send()
  await answer(['1-0'])
  await first
  publisher.sendAgain()
  const second = publisher.send()
  await answer(['2-0'])
  await second
  expect(sent.map(([drop]) => drop?.facts)).toEqual([facts, { doubted: facts.doubted }])
  expect(sent.map(([drop]) => drop?.touches.length)).toEqual([2, 2])
})

it('what comes while a drop is being sent is another drop', async () => {
  const { publisher, sent, answer } = open()
  publisher.add(dropOf(1))
  const sending = publisher.send()
  publisher.add(dropOf(2))
  publisher.add(dropOf(3))
  await answer(['1-0'])
  expect([publisher.hasSent(1), publisher.hasSent(2)]).toEqual([true, false])
  expect(sent.map((batch) => batch.map(({ touches }) => touches.length))).toEqual([[2], [3]])
  const read = readNameOf(scope, { endpoint: READS.retrieveProject, path: { project_id: 'p-3' } }, {})
  expect(publisher.isTouched(read)).toBe(true)
  await answer(['2-0'])
  await sending
  expect(publisher.hasSent(3)).toBe(true)
})

it('a drop that Redis has perhaps not taken is sent with what came meanwhile', async () => {
  const { publisher, sent, answer } = open()
  publisher.add(dropOf(1))
  const failing = publisher.send()
  publisher.add(dropOf(2))
  await answer(null)
  await failing
  publisher.add(dropOf(3))
  const sending = publisher.send()
  expect(sent[1]?.flatMap(({ touches }) => touches.map(({ path }) => path['project_id'] ?? ''))).toEqual(
    expect.arrayContaining(['p-1', 'p-2', 'p-3']),
  )
  await answer(['1-0', '2-0'])
  await sending
  expect(publisher.hasSent(3)).toBe(true)
})

it('is found by its text until the copy has it, so that this replica need not read the text', async () => {
  const { publisher, texts, copyTo, answer } = open()
  publisher.add(dropOf(1))
  const sending = publisher.send()
  const [text = ''] = texts
  const { owner, touches } = dropOf(1)
  expect(publisher.findSent(text)).toEqual({ owner, touches })
  expect(publisher.findSent(`${text} `)).toBeNull()
  await answer(['1-0'])
  await sending
  expect(publisher.findSent(text)).toEqual({ owner, touches })
  copyTo('1-0')
  publisher.add(dropOf(2))
  void publisher.send()
  await answer(['2-0'])
  expect(publisher.findSent(text)).toBeNull()
})

it('is sent again as it was, although only its text is left after the copy has it', async () => {
  const { clock, publisher, sent, copyTo, answer } = open()
  const moved = [{ operation: 'listProjects' as const, path: {}, query: { page: '2' }, askedAgoMs: 300 }]
  const facts = { received: ['project_changed'], doubted: { project: 'audit' } }
  publisher.add({ ...dropOf(1), moved, facts } as Drop)
  void publisher.send()
  copyTo('1-0')
  await answer(['1-0'])
  await clock.advance(5000)
  publisher.sendAgain()
  void publisher.send()
  await answer(['2-0'])
  expect(sent[1]).toEqual([
    { ...dropOf(1), moved: [{ ...moved[0], askedAgoMs: 5300 }], facts: { doubted: facts.doubted } },
  ])
  // It is older than its second sending.
  await clock.advance(15 * 60 * 1000 - 2000)
  publisher.sendAgain()
  void publisher.send()
  await answer(['3-0'])
  expect(sent).toHaveLength(2)
})

it('does not count as sent while drops were forgotten, until a new generation notifies the others of them', async () => {
  const { publisher, answer } = open()
  const owners = Array.from({ length: 201 }, (_, count) => tenantOf(buildScope('sk', `tenant-${count}`).key))
  for (const owner of owners) publisher.add({ ...dropOf(1), owner })
  const sending = publisher.send()
  await answer(['1-0'])
  await sending
  expect(publisher.hasSent(201)).toBe(false)
  expect(publisher.takeForgotten()).toBe(true)
  expect(publisher.hasSent(201)).toBe(true)
})
