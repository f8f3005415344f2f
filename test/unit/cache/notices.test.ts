// Notices of all keys that pass a test: each listener once, in pieces, and nobody who has left meanwhile.
import { expect, it } from 'vitest'
import { createNoticeBoard } from '../../../src/cache/notices.ts'
import { settle } from '../../support/manual-clock.ts'

const COUNT = 10_000
const KEYS = Array.from({ length: COUNT }, (_, index) => `key-${index}`)

function open() {
  const { notices } = createNoticeBoard()
  const changed: string[] = []
  const listeners = KEYS.map((key) => ({ changed: () => void changed.push(key) }))
  KEYS.forEach((key, index) => listeners[index] && notices.listen(key, listeners[index]))
  return { notices, changed, listeners }
}

it('are looked at in pieces, so that other work goes on', async () => {
  const { notices, changed } = open()
  let tested = 0
  notices.notifyWhere((key) => {
    tested += 1
    return key.endsWith('7')
  })
  expect(tested).toBeLessThanOrEqual(COUNT / 4)
  expect(changed[0]).toBe('key-7')
  for (let turn = 0; turn < 10; turn += 1) await settle()
  expect(tested).toBe(COUNT)
  expect(changed).toEqual(KEYS.filter((key) => key.endsWith('7')))
})

it('do not reach who leaves before its piece, nor who listens again, twice', async () => {
  const { notices, changed, listeners } = open()
  const last = listeners.at(-1)
  const again = {
    changed() {
      changed.push('again')
      notices.listen('key-0', again)
    },
  }
  notices.listen('key-0', again)
  notices.notifyWhere(() => true)
  if (last) notices.leave(`key-${COUNT - 1}`, last)
  for (let turn = 0; turn < 10; turn += 1) await settle()
  expect(changed).toHaveLength(COUNT)
  expect(changed.filter((each) => each === 'again')).toHaveLength(1)
})

it.each(['notifyAll', 'notify', 'notifyWhere'] as const)(
  'report the end of the listening once nobody stays, also where it ends by %s',
  (how) => {
    const left: string[] = []
    const board = createNoticeBoard((key) => void left.push(key))
    const { notices, notify, notifyAll } = board
    notices.listen('key', { changed: () => {}, staysWhenEvicted: true })
    expect([notify('key', true), left]).toEqual([true, []])
    if (how === 'notifyAll') notifyAll()
    else if (how === 'notify') notify('key')
    else notices.notifyWhere(() => true)
    expect(left).toEqual(['key'])
    notifyAll()
    expect(left).toEqual(['key'])
  },
)
