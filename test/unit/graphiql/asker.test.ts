// When the pane of costs asks the gateway, and when it does not.
import { describe, expect, it } from 'vitest'
import { createAnswers } from '../../../graphiql/answers.ts'
import type { Plan, Reply } from '../../../graphiql/ask-cost.ts'
import { createAsker } from '../../../graphiql/asker.ts'
import type { Estimate } from '../../../graphiql/asker.ts'
import type { Typed } from '../../../graphiql/question.ts'
import { schema } from '../../../src/graphql/schema.ts'

const TYPED: Typed = {
  query: '{ tenant { name } }',
  variables: '',
  headers: '{ "X-Api-Key": "good" }',
  operationName: null,
  schema,
}

const planOf = (calls: number): Plan => ({
  calls: { min: calls, expected: calls, max: calls },
  isComplete: true,
  remaining: 90,
  readyAt: null,
  steps: [],
})

const respond = (status: number, headers: Record<string, string> = {}): Response =>
  new Response(null, { status, headers })

const counted = (calls: number): Reply => ({
  kind: 'plan',
  plan: planOf(calls),
  window: null,
  response: respond(200),
})

/** An asker whose clock and answers are in the hands of the test. */
function openAsker() {
  let nowMs = 0
  let timers: { readonly atMs: number; readonly work: () => void }[] = []
  const asked: { readonly query: string; readonly signal: AbortSignal; reply(reply: Reply): void }[] = []
  const shown: Estimate[] = []
  const answers = createAnswers(() => nowMs)
  const asker = createAsker({
    ask: ({ variables }, signal) =>
      new Promise((resolve) => void asked.push({ query: variables.query, signal, reply: resolve })),
    show: (estimate) => void shown.push(estimate),
    answers,
    now: () => nowMs,
    after(delayMs, work) {
      const timer = { atMs: nowMs + delayMs, work }
      timers.push(timer)
      return () => (timers = timers.filter((other) => other !== timer))
    },
  })
  return {
    ...asker,
    answers,
    asked,
    last: () => shown.at(-1),
    async pass(ms: number) {
      nowMs += ms
      const due = timers.filter(({ atMs }) => atMs <= nowMs)
      timers = timers.filter(({ atMs }) => atMs > nowMs)
      for (const { work } of due) work()
      await new Promise((resolve) => void setImmediate(resolve))
    },
    async answer(reply: Reply) {
      asked.at(-1)?.reply(reply)
      await new Promise((resolve) => void setImmediate(resolve))
    },
  }
}

describe('the pane of costs', () => {
  it('asks once for a text that was typed letter by letter', async () => {
    const { consider, pass, asked, answer, last } = openAsker()
    for (const query of ['{ tenant { n } }', '{ tenant { na } }', TYPED.query]) {
      consider({ ...TYPED, query })
      await pass(100)
    }
    await pass(50)
    expect(asked.map(({ query }) => query)).toEqual([TYPED.query])
    expect(last()).toMatchObject({ isCounting: true })
    await answer(counted(1))
    expect(last()).toMatchObject({ counted: { plan: planOf(1) }, hint: null, isCounting: false })
  })

  it('drops the question before, and never shows its answer', async () => {
    const { consider, pass, asked, last } = openAsker()
    consider(TYPED)
    await pass(150)
    consider({ ...TYPED, query: '{ teams { name } }' })
    expect(asked[0]?.signal.aborted).toBe(true)
    await pass(150)
    asked[1]?.reply(counted(2))
    asked[0]?.reply(counted(1))
    await pass(0)
    expect(last()?.counted?.plan).toEqual(planOf(2))
  })

  it.each([
    ['# only words', 'Type a query'],
    ['query {', 'Not a whole query yet: Syntax Error'],
    ['fragment A on Tenant { name }', 'fragments only'],
    ['{ tenant { height } }', 'Not a valid query yet: Cannot query field "height"'],
  ])('asks nothing for %s, and shows a hint', async (query, hint) => {
    const { consider, pass, asked, last } = openAsker()
    consider({ ...TYPED, query })
    await pass(150)
    expect(asked).toEqual([])
    expect(last()).toMatchObject({ counted: null, isCounting: false })
    expect(last()?.hint).toContain(hint)
  })

  it.each([
    [{ variables: '{ "a": ' }, 'variables'],
    [{ variables: '[1]' }, 'variables'],
    [{ headers: '"a"' }, 'headers'],
  ])('asks nothing with %j', async (part, named) => {
    const { consider, pass, asked, last } = openAsker()
    consider({ ...TYPED, ...part })
    await pass(150)
    expect(asked).toEqual([])
    expect(last()?.hint).toContain(named)
  })

  it('shows what the gateway says against a query that seemed valid', async () => {
    const { consider, pass, answer, last } = openAsker()
    consider({ ...TYPED, query: '{ nothing }', schema: null })
    await pass(150)
    await answer({ kind: 'fault', message: 'Cannot query field "nothing"' })
    expect(last()).toMatchObject({ counted: null, hint: 'Cannot query field "nothing"', isCounting: false })
  })

  it('leaves headers alone for a second, because a half-typed key is a wrong key', async () => {
    const { consider, pass, asked, answer } = openAsker()
    consider(TYPED)
    await pass(150)
    await answer(counted(1))
    consider({ ...TYPED, headers: '{ "X-Api-Key": "other" }' })
    await pass(999)
    expect(asked).toHaveLength(1)
    await pass(1)
    expect(asked).toHaveLength(2)
  })

  it('never asks twice with headers that were refused', async () => {
    const { consider, pass, asked, answer, last } = openAsker()
    consider(TYPED)
    await pass(150)
    await answer({ kind: 'refused', response: respond(401) })
    expect(last()?.hint).toContain('put your key into the tab Headers')
    consider({ ...TYPED, query: '{ teams { name } }' })
    await pass(150)
    expect(asked).toHaveLength(1)
    consider({ ...TYPED, headers: '{ "X-Api-Key": "other" }' })
    await pass(1000)
    expect(asked).toHaveLength(2)
  })

  it('leaves a new key to the request for the schema, until that is answered', async () => {
    const { consider, pass, asked, answers } = openAsker()
    answers.noteHead(respond(401), true)
    consider({ ...TYPED, schema: null })
    await pass(1000)
    consider({ ...TYPED, schema: null, headers: '{ "X-Api-Key": "other" }' })
    await pass(1000)
    expect(asked).toEqual([])
    answers.noteHead(respond(200), true)
    consider({ ...TYPED, headers: '{ "X-Api-Key": "other" }' })
    await pass(1000)
    expect(asked).toHaveLength(1)
  })

  it('asks again when the gateway takes requests again, and not before', async () => {
    const { consider, pass, asked, answer, last } = openAsker()
    consider(TYPED)
    await pass(150)
    await answer({ kind: 'refused', response: respond(429, { 'retry-after': '30' }) })
    // It was refused at 150 ms, for 30 s.
    const time = new Date(30_150).toLocaleTimeString()
    expect(last()?.hint).toContain(`takes no more requests of this caller until ${time}`)
    consider({ ...TYPED, query: '{ teams { name } }' })
    await pass(29_000)
    expect(asked).toHaveLength(1)
    await pass(1000)
    expect(asked.map(({ query }) => query)).toEqual([TYPED.query, '{ teams { name } }'])
  })

  it('asks nothing once it is closed', async () => {
    const { consider, pass, asked, stop } = openAsker()
    consider(TYPED)
    stop()
    await pass(10_000)
    expect(asked).toEqual([])
  })

  it('asks for the operation in which the cursor is, and for the first where that one is gone', async () => {
    const names: unknown[] = []
    const asker = createAsker({
      ask: async ({ variables }) => {
        names.push(variables.operationName)
        return counted(0)
      },
      show: () => {},
      answers: createAnswers(),
      now: () => 0,
      after(_delayMs, work) {
        work()
        return () => {}
      },
    })
    const query = 'query A { tenant { name } } query B { tenant { name } }'
    for (const operationName of ['B', 'C', null]) asker.consider({ ...TYPED, query, operationName })
    expect(names).toEqual(['B', 'A', 'A'])
  })
})
