// One tenant with very many callers takes neither all memory of watches nor all executions of live answers from the others.
import { expect, it } from 'vitest'
import type { Caller } from '../../../src/callers/caller.ts'
import { withTurns } from '../../../src/live/turns.ts'
import { partyOf } from '../../../src/live/watched.ts'
import { createWatchRoom } from '../../../src/live/watch-room.ts'
import type { Answered } from '../../../src/live/made.ts'
import type { Purpose } from '../../../src/live/schedule.ts'
import type { Standing } from '../../../src/rest/standings.ts'
import { createTenantsSeen } from '../../../src/turns/tenants-seen.ts'
import { toAnswered } from '../../support/answered.ts'
import { buildScope } from '../../support/builders.ts'
import { createManualClock, settle } from '../../support/manual-clock.ts'

it('watches of a busy tenant leave memory for those of others, and a sole tenant has all of it', () => {
  const open = () => {
    const room = createWatchRoom({
      seen: createTenantsSeen(createManualClock()),
      limits: { maxBytes: 6400, maxBytesOfCaller: 3200 },
    })
    let callers = 0
    const enter = (tenant: string) => room.enter({ caller: `${tenant} ${(callers += 1)}`, tenant }, 50)
    const enterAll = (tenant: string): number => {
      let entered = 0
      for (let place = enter(tenant); place?.resize(100) === true; place = enter(tenant)) entered += 1
      return entered
    }
    return { enter, enterAll }
  }
  expect(open().enterAll('hot')).toBe(64)
  const { enter, enterAll } = open()
  enter('quiet')?.leave()
  expect(enterAll('hot')).toBe(48)
  const place = enter('quiet')
  expect([place?.resize(1000), enter('another') !== null]).toEqual([true, true])
})

/** Executions that do not end, such as those that wait for Aurora. */
function openTurns() {
  const seen = createTenantsSeen(createManualClock())
  const asked: string[] = []
  const end: (() => void)[] = []
  const never = async (_: unknown, { caller }: { readonly caller: Caller }): Promise<Answered> => {
    asked.push(caller.name)
    await new Promise<void>((resolve) => end.push(resolve))
    return toAnswered({ data: null })
  }
  const loop = {
    isFree: () => true,
    later: (_kind: string, step: () => void) => {
      step()
      return () => {}
    },
  }
  const ask = withTurns(never, { seen, loop })
  const question = {
    key: 'k',
    scope: buildScope().key,
    body: Buffer.from(''),
    isEvent: false,
    isCacheOnly: false,
  }
  return {
    end,
    async ask(tenant: string, index: number, purpose: Purpose): Promise<boolean> {
      const caller = {
        name: `${tenant} ${index}`,
        scope: buildScope(tenant, tenant),
        isReadOnly: false,
      }
      void ask(question, { caller, purpose, signal: new AbortController().signal })
      await settle()
      return asked.at(-1) === caller.name && asked.filter((name) => name === caller.name).length === 1
    },
  }
}

it.each<[Purpose, number]>([
  ['first', 256],
  ['change', 32],
])(
  'executions of live answers (%s) of a busy tenant leave some for those of others',
  async (purpose, all) => {
    const sole = openTurns()
    for (let index = 0; index < all; index += 1) expect(await sole.ask('hot', index, purpose)).toBe(true)
    expect(await sole.ask('hot', all, purpose)).toBe(false)

    const { ask, end } = openTurns()
    await ask('quiet', 0, purpose)
    end[0]?.()
    await settle()
    const free = (all * 3) / 4
    for (let index = 0; index < free; index += 1) expect(await ask('hot', index, purpose)).toBe(true)
    expect(await ask('hot', free, purpose)).toBe(false)
    expect(await ask('quiet', 1, purpose)).toBe(true)
  },
)

it('a credential is no tenant until Aurora has accepted it', () => {
  const seen = createTenantsSeen(createManualClock())
  const note = (tenant: string, standing: Standing): void => {
    const credential = { standing: () => standing, isDoubtful: () => false, recall: async () => {} }
    seen.note(
      partyOf({ name: tenant, scope: buildScope(tenant, tenant), isReadOnly: false, credential }).tenant,
    )
  }
  note('sole', 'accepted')
  note('made-up', 'unknown')
  note('sole', 'accepted')
  expect(seen.areSeveral()).toBe(false)
  note('other', 'accepted')
  expect(seen.areSeveral()).toBe(true)
})
