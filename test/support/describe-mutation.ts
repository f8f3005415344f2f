// The tests that every mutation must pass, through the whole gateway over the simulator. MutationCase has their parts.
import { describe, expect, it } from 'vitest'
import type { DataSet } from '../../src/simulator/data.ts'
import { createTestGateway } from './test-gateway.ts'
import type { TestGateway } from './test-gateway.ts'

/** Read without a type of its own. */
type Json = ReturnType<typeof JSON.parse>

/** A read that is made before the mutation, so that it is cached, and again after it. */
interface Read<Ids> {
  readonly query: string
  readonly variables?: (ids: Ids) => object
  /** The calls of the read after the mutation, in the form of `takeCalls`; none where the mutation did not touch it. */
  readonly callsAfter: readonly string[]
  /** The mutation touched it, but it costs no call, because the answer to the write is cached. */
  readonly isShown?: true
  /** Checks the answer of that read. */
  readonly shows?: (data: Json, ids: Ids) => void
}

export interface MutationCase<Ids> {
  /** The one field of the mutation. */
  readonly name: string
  /** The case, where there are several of one mutation. */
  readonly about?: string
  readonly document: string
  /** The ids of the objects that it changes; may prepare them through the gateway. */
  readonly ids: (data: DataSet, gateway: TestGateway) => Ids | Promise<Ids>
  readonly variables: (ids: Ids) => object
  /** The one call that it costs. */
  readonly call: string
  /** The calls for objects that the document reads below the payload. */
  readonly alsoCalls?: readonly string[]
  /** Checks the payload where `errors` is empty. */
  readonly shows: (payload: Json, ids: Ids) => void
  readonly reads?: readonly Read<Ids>[]
  /** Input that the gateway refuses, with a word of the message. */
  readonly bad: readonly { readonly variables: (ids: Ids) => object; readonly says: RegExp }[]
  /** Input that only Aurora can refuse; none where there is no input. */
  readonly refused?: { readonly variables: (ids: Ids) => object; readonly messages: RegExp }
}

interface ErrorData {
  readonly code: string
  readonly message: string
  readonly outcome: string
  readonly messages?: readonly string[]
}

const ERRORS = '{ code message outcome ... on UnprocessableError { messages reason } }'

/** `$ERRORS` in a document stands for the selection below `errors`. */
export function describeMutation<Ids>(each: MutationCase<Ids>): void {
  const document = each.document.replace('$ERRORS', ERRORS)

  async function open() {
    const gateway = await createTestGateway()
    const ids = await each.ids(gateway.simulator.data, gateway)
    const read = async ({ query, variables }: Read<Ids>) => {
      gateway.takeCalls()
      const { data, errors } = await gateway.ask(query, variables?.(ids) ?? {})
      expect({ query, errors }).toEqual({ query, errors: undefined })
      return { data, calls: gateway.takeCalls() }
    }
    for (const one of each.reads ?? []) await read(one)
    gateway.takeCalls()
    const mutate = async (variables: object) => {
      const answer = await gateway.ask<Record<string, { errors: readonly ErrorData[] }>>(document, variables)
      expect(answer).not.toHaveProperty('errors')
      const payload = answer.data?.[each.name]
      if (!payload) throw new Error(`no payload in ${answer.text}`)
      return { payload, calls: gateway.takeCalls() }
    }
    return { gateway, ids, read, mutate }
  }

  async function expectNothingTouched({ read }: Awaited<ReturnType<typeof open>>) {
    for (const one of each.reads ?? []) expect((await read(one)).calls).toEqual([])
  }

  describe(`${each.name}${each.about === undefined ? '' : `, ${each.about}`}`, () => {
    it('is one call, shows the answer, refreshes what it changed and leaves the rest cached', async () => {
      const opened = await open()
      await using _gateway = opened.gateway
      const { payload, calls } = await opened.mutate(each.variables(opened.ids))
      expect(payload.errors).toEqual([])
      expect(calls.toSorted()).toEqual([each.call, ...(each.alsoCalls ?? [])].toSorted())
      each.shows(payload, opened.ids)
      for (const one of each.reads ?? []) {
        const { data, calls: callsAfter } = await opened.read(one)
        expect({ query: one.query, calls: callsAfter }).toEqual({ query: one.query, calls: one.callsAfter })
        one.shows?.(data, opened.ids)
      }
    })

    it.each(each.bad)('refuses bad input before a call is spent: $says', async ({ variables, says }) => {
      const opened = await open()
      await using _gateway = opened.gateway
      const { payload, calls } = await opened.mutate(variables(opened.ids))
      expect(payload.errors).toEqual([
        expect.objectContaining({
          code: 'BAD_USER_INPUT',
          outcome: 'NOT_DONE',
          message: expect.stringMatching(says),
        }),
      ])
      expect(calls).toEqual([])
      await expectNothingTouched(opened)
    })

    it.each(each.refused ? [each.refused] : [])(
      'shows what Aurora refuses as UNPROCESSABLE, with its messages',
      async (refused) => {
        const opened = await open()
        await using _gateway = opened.gateway
        const { payload, calls } = await opened.mutate(refused.variables(opened.ids))
        expect(payload.errors).toEqual([
          expect.objectContaining({ code: 'UNPROCESSABLE', outcome: 'NOT_DONE', reason: 'VALIDATION' }),
        ])
        expect(payload.errors[0]?.messages?.join(' ')).toMatch(refused.messages)
        expect(calls).toHaveLength(1)
        await expectNothingTouched(opened)
      },
    )

    it('is sent once where its answer is lost, reports an unknown outcome, and drops what it may have changed', async () => {
      const opened = await open()
      await using gateway = opened.gateway
      gateway.simulator.faults.set(({ method }) => method !== 'GET', 'reset')
      const { payload, calls } = await opened.mutate(each.variables(opened.ids))
      expect(payload.errors).toEqual([
        expect.objectContaining({ code: 'UPSTREAM_UNAVAILABLE', outcome: 'UNKNOWN' }),
      ])
      expect(calls).toEqual([each.call])
      for (const one of each.reads ?? []) {
        const isTouched = one.isShown === true || one.callsAfter.length > 0
        const { calls: callsAfter } = await opened.read(one)
        expect({ query: one.query, costs: callsAfter.length > 0 }).toEqual({
          query: one.query,
          costs: isTouched,
        })
      }
    })
  })
}
