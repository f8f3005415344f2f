// The mark of the last write, which gives the reads of the kit other addresses: in one page, in several, and in odd storages.
import { expect, it } from 'vitest'
import { createAsking } from '../../client/src/asking.ts'
import { createOwnWrites } from '../../client/src/own-writes.ts'
import { createQuickDevice, createStorage } from './quick-device.ts'

const open = (storage?: ReturnType<typeof createStorage>) => createOwnWrites({ random: Math.random, storage })

it('there is no mark before the first write, one until the next, and then another one', () => {
  const writes = open()
  expect(writes.mark()).toBeUndefined()
  writes.note()
  const first = writes.mark()
  expect(first?.wrote).toMatch(/^[a-z0-9]{9,16}$/)
  expect(writes.mark()).toEqual(first)
  writes.note()
  expect(writes.mark()?.wrote).toMatch(/^[a-z0-9]{9,16}$/)
  expect(writes.mark()).not.toEqual(first)
})

it('the mark is that of the last write of all pages of the app, and outlives them', () => {
  const storage = createStorage()
  const [page, tab] = [open(storage), open(storage)]
  page.note()
  expect(tab.mark()).toEqual(page.mark())
  const before = page.mark()
  tab.note()
  expect(page.mark()).toEqual(tab.mark())
  expect(page.mark()).not.toEqual(before)
  expect(open(storage).mark()).toEqual(tab.mark())
})

it('a storage that is refused, or is emptied, takes the mark from no page', () => {
  const refused = createOwnWrites({ random: Math.random, storage: { getItem: () => null, setItem() {} } })
  refused.note()
  expect(refused.mark()?.wrote).toMatch(/^[a-z0-9]{9,16}$/)
  const storage = createStorage()
  const writes = open(storage)
  writes.note()
  const mark = writes.mark()
  storage.setItem('aurora-graphql-client.wrote', '')
  expect(writes.mark()).toEqual(mark)
})

it('a page whose mark is refused by a full storage keeps it, and takes the next one of another page', () => {
  const storage = createStorage()
  open(storage).note()
  const full = open({ ...storage, setItem() {} })
  const before = full.mark()
  full.note()
  expect(full.mark()?.wrote).toMatch(/^[a-z0-9]{9,16}$/)
  expect(full.mark()).not.toEqual(before)
  const tab = open(storage)
  tab.note()
  expect(full.mark()).toEqual(tab.mark())
})

it('without a GraphQL client a read has another address after a write, and the same one until the next', async () => {
  const addresses: string[] = []
  const asking = createAsking(
    {
      url: 'http://gateway.test/graphql',
      fetch: async (url, init) => {
        if (init?.method !== 'POST') addresses.push(new Request(url).url)
        return Response.json({ data: { project: { name: 'A' } } })
      },
    },
    { device: { ...createQuickDevice().device, storage: createStorage() } },
  )
  const read = (): Promise<void> =>
    new Promise((resolve, reject) => {
      asking.query(
        { documentId: 'project', extensions: { of: 'app' } },
        { onAnswer() {}, onEnd: resolve, onError: reject },
      )
    })
  await read()
  await asking.mutate({ query: 'mutation { renameProject }' })
  await read()
  await read()
  const [before, after, again] = addresses
  expect(before).toBe('http://gateway.test/graphql?documentId=project&extensions=%7B%22of%22%3A%22app%22%7D')
  expect(after).toMatch(/&extensions=%7B%22of%22%3A%22app%22%2C%22wrote%22%3A%22\w+%22%7D$/)
  expect(again).toBe(after)
})
