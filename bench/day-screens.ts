// The two screens of bench/day-of-work.ts, and how old what they show is.
import type { Clock } from '../src/clock.ts'
import type { Gateway } from '../src/gateway/gateway.ts'
import { isPlain } from '../src/exchange/plain-exchange.ts'
import type { PlainRequest } from '../src/exchange/plain-exchange.ts'
import { createRequestRecord } from '../src/telemetry/request-record.ts'

/** Projects that are worked on that day. */
export const PROJECTS = 40

const BOARD = `query Board { projects(first: ${PROJECTS}) { nodes { auroraId status } } }`
const PAGE = `query Page($id: ID!) {
  project(id: $id) { auroraId status designs { milestone { milestoneRaw } } agreements { auroraId } }
}`
/** What was shown when, for each thing that changes: the age of a shown value is the time since it was replaced. */
export function createTruth() {
  const histories = new Map<string, { readonly value: string; readonly fromMs: number }[]>()
  return {
    set(key: string, value: string, fromMs: number): void {
      const history = histories.get(key) ?? []
      histories.set(key, [...history, { value, fromMs }])
    },
    ageOf(key: string, shown: string, nowMs: number): number {
      const history = histories.get(key) ?? []
      const at = history.findLastIndex(({ value }) => value === shown)
      const next = history[at + 1]
      return at < 0 || next === undefined ? 0 : nowMs - next.fromMs
    },
  }
}

export type Truth = ReturnType<typeof createTruth>

export interface LookParts {
  readonly gateway: Gateway
  readonly clock: Clock
  /** The header of that name; undefined: none. */
  readonly cacheControl: string | undefined
}

interface Shown {
  readonly auroraId: string
  readonly status: string | null
  readonly designs?: readonly { readonly milestone: { readonly milestoneRaw: string } | null }[]
  readonly agreements?: readonly unknown[]
}

interface Answer {
  readonly data: { readonly projects?: { readonly nodes: readonly Shown[] }; readonly project?: Shown } | null
}

/** Looks at the board, or at the page of a project, and passes on the age of the oldest value that was shown. */
export function createLook(
  { gateway, clock, cacheControl }: LookParts,
  truth: Truth,
  seen: (ageMs: number) => void,
) {
  const caller = gateway.authenticate(new Headers({ host: 'localhost' }))
  return async (id: string | null): Promise<void> => {
    const known = await caller
    if (!known) throw new Error('the gateway refuses its own benchmark')
    const body = id === null ? { query: BOARD } : { query: PAGE, variables: { id } }
    const request = toRequest(JSON.stringify(body), cacheControl)
    const answered = await gateway.handlePlain(request, known, createRequestRecord('day'))
    const text =
      'kind' in answered && isPlain(answered)
        ? Buffer.from(answered.body[0]).toString()
        : await textOf(answered)
    const { data } = JSON.parse(text) as Answer
    const shown = data?.projects?.nodes ?? (data?.project ? [data.project] : [])
    if (shown.length === 0) throw new Error(`a screen was empty: ${text}`)
    const nowMs = clock.monotonicMs()
    seen(Math.max(...shown.flatMap((each) => agesOf(each, truth, nowMs))))
  }
}

async function textOf(answered: object): Promise<string> {
  if (answered instanceof Response) return answered.text()
  throw new Error('the answer is a stream')
}

/** A request as the server of the gateway passes it on. */
function toRequest(text: string, cacheControl: string | undefined): PlainRequest {
  const fields = {
    'content-type': 'application/json',
    ...(cacheControl && { 'cache-control': cacheControl }),
  }
  const headers = new Headers(fields)
  return {
    method: 'POST',
    headers,
    bodyType: 'application/json',
    answerType: 'application/graphql-response+json',
    acceptsStream: false,
    body: Buffer.from(text),
    signal: new AbortController().signal,
    hasLeft: () => false,
    toRequest: () => new Request('http://localhost/graphql', { method: 'POST', headers, body: text }),
  }
}

function agesOf({ auroraId, status, designs, agreements }: Shown, truth: Truth, nowMs: number): number[] {
  return [
    truth.ageOf(`status ${auroraId}`, String(status), nowMs),
    ...(designs
      ? [truth.ageOf(`milestone ${auroraId}`, String(designs[0]?.milestone?.milestoneRaw), nowMs)]
      : []),
    ...(agreements ? [truth.ageOf(`agreements ${auroraId}`, String(agreements.length), nowMs)] : []),
  ]
}
