// Replicas of two versions run side by side during a deployment: what they must share has one name, and replies of another form none.
import { describe, expect, it } from 'vitest'
import { createKeys } from '../../../src/redis/keys.ts'
import type { CallDigest } from '../../../src/redis/keys.ts'

const digest = 'd' as CallDigest

/** The names that a version with this form of replies gives to its keys. */
function namesOf(repliesForm?: string) {
  const keys = createKeys('aurora:', false, repliesForm)
  keys.turnTo('h')
  return {
    shared: [keys.drops, keys.generation, keys.readers, keys.history, keys.formerHistory, keys.pool('key')],
    own: [keys.reply(digest), keys.flight(digest), keys.completions],
  }
}

describe('two versions with different forms of replies', () => {
  it('share the log of drops, its readers, and the budget', () => {
    expect(namesOf('6').shared).toEqual(namesOf('7').shared)
  })

  it('share no reply, and no notice that one has come', () => {
    const [older, newer] = [namesOf('6'), namesOf('7')]
    expect(older.own.filter((name) => newer.own.includes(name))).toEqual([])
  })
})

it('the log and the pools have the names that versions since form 1.6 have given them', () => {
  expect(namesOf().shared).toEqual([
    'aurora:1.6:h:drops',
    'aurora:1.6:h:generation',
    'aurora:1.6:h:readers',
    'aurora:1.6:history',
    'aurora:1.6:former-history',
    'aurora:1.6:h:pool:key',
  ])
})
