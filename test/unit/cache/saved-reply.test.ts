import { describe, expect, it } from 'vitest'
import { restore, save, SAVED_REPLY_VERSION } from '../../../src/cache/saved-reply.ts'
import { READS } from '../../../src/aurora/reads.ts'
import type { Call } from '../../../src/rest/call.ts'
import { aWrite, buildCall, buildRefusal, buildScope, buildReply } from '../../support/builders.ts'

const MINUTE = 60_000
/** One process saves, and another one restores an hour later: their monotonic clocks share nothing. */
const SAVING = { monotonicMs: 500_000, wallMs: 1_800_000_000_000 }
const RESTORING = { monotonicMs: 42, wallMs: SAVING.wallMs + 60 * MINUTE }

const aList = (): Call => buildCall({ endpoint: READS.listProjects, path: {}, query: { page: '1' } })

const nameOf = (call: Call) => ({ ...call, scope: call.terms.scope.key, above: { project_id: ['p-0'] } })

/** As it comes back from where it was. */
const thereAndBack = (call: Call, reply = buildReply()): Record<string, unknown> =>
  JSON.parse(JSON.stringify(save(nameOf(call), reply, SAVING))) as Record<string, unknown>

describe('an answer that was saved', () => {
  it('comes back as it was, as old as it is by then', () => {
    const value = [{ id: 'p-1', name: 'n', __proto__: null }, {}]
    const reply = buildReply(value, { answeredAtMs: SAVING.monotonicMs - 5 * MINUTE })

    expect(restore(thereAndBack(aList(), reply), RESTORING)).toEqual({
      call: {
        scope: buildScope().key,
        endpoint: READS.listProjects,
        path: {},
        query: { page: '1' },
        above: { project_id: ['p-0'] },
      },
      answer: { ...reply, answeredAtMs: RESTORING.monotonicMs - 65 * MINUTE, tookMs: 0 },
    })
  })

  it.each(['more', 'none'] as const)('still says what follows: %s', (follows) => {
    const reply = buildReply([{ id: 'p-1' }])
    const told = { ...reply, follows }

    expect(restore(thereAndBack(aList(), told), RESTORING)?.answer).toHaveProperty('follows', follows)
    expect(restore(thereAndBack(aList(), reply), RESTORING)?.answer).not.toHaveProperty('follows')
  })

  it('and was a refusal comes back without its messages', () => {
    const refusal = { ...buildRefusal(404, { retryAfterMs: 7 }), messages: ['a word'] }
    const saved = save(nameOf(buildCall()), refusal, SAVING)

    expect(JSON.stringify(saved)).not.toContain('a word')
    expect(restore(saved, SAVING)?.answer).toEqual(buildRefusal(404, { answeredAtMs: 1000, tookMs: 0 }))
  })

  it('names neither tenant nor credential', () => {
    const text = JSON.stringify(thereAndBack(buildCall({ scope: buildScope('sk_sand_canary') })))

    expect(text).not.toContain('sk_sand_canary')
    expect(text).not.toContain(buildScope().tenantId)
  })

  it.each([
    ['a minute ahead, as clocks differ, is new', MINUTE, 0],
    ['further ahead is of no known age', MINUTE + 1, null],
  ])('by a clock that was %s', (_, aheadMs, ageMs) => {
    const saved = save(nameOf(buildCall()), buildReply({}, { answeredAtMs: SAVING.monotonicMs }), {
      ...SAVING,
      wallMs: SAVING.wallMs + aheadMs,
    })
    const answeredAtMs = restore(saved, SAVING)?.answer.answeredAtMs

    expect(answeredAtMs).toBe(ageMs === null ? undefined : SAVING.monotonicMs - ageMs)
  })
})

describe('what is never saved', () => {
  it.each([
    ['a webhook, whose header is a secret', buildCall({ endpoint: READS.retrieveWebhook })],
    ['a list of them', buildCall({ endpoint: READS.listWebhooks })],
    ['a single sign-on, which holds one too', buildCall({ endpoint: READS.retrieveSsoProvider })],
    ['the answer to a write', buildCall({ endpoint: aWrite() })],
  ])('%s', (_, call) => {
    expect(save(nameOf(call), buildReply(), SAVING)).toBeNull()
  })

  it('is not restored either if another program has written it', () => {
    expect(restore({ ...thereAndBack(buildCall()), operation: 'retrieveWebhook' }, SAVING)).toBeNull()
  })
})

describe('a text that cannot be read', () => {
  it.each<[string, Record<string, unknown>]>([
    ['a newer version', { version: SAVED_REPLY_VERSION + 1 }],
    ['no version', { version: undefined }],
    ['an operation that is not there', { operation: 'retrieveMoon' }],
    ['an operation that every object has', { operation: 'constructor' }],
    ['a write', { operation: 'updateProject' }],
    ['a scope that is none', { scopeKey: 'tenant:token' }],
    ['a path that holds a number', { path: { project_id: 1 } }],
    ['no query', { query: undefined }],
    ['a status that is none', { status: 20 }],
    ['half a byte', { bytes: 0.5 }],
    ['no time', { answeredAtWallMs: null }],
    ['a list where there is one object', { value: [{ id: 'p-1' }] }],
    ['nothing where there is one object', { value: null }],
    ['a text where there is one object', { value: 'p-1' }],
  ])('%s', (_, parts) => {
    expect(restore(thereAndBack(buildCall()), SAVING)).not.toBeNull()
    expect(restore({ ...thereAndBack(buildCall()), ...parts }, SAVING)).toBeNull()
  })

  it.each([
    [null],
    [undefined],
    [7],
    ['text'],
    [[]],
    [{}],
    [{ ...thereAndBack(aList(), buildReply([])), value: [null] }],
  ])('%j', (saved) => {
    expect(restore(saved, SAVING)).toBeNull()
  })
})
