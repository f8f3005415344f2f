// Many clients with more questions than the window has calls: what Aurora counted, and what the clients got.
import type { Answer, TestGateway } from './test-gateway.ts'

export interface LoadReport {
  readonly answers: number
  readonly inFull: number
  /** Field errors by code. */
  readonly codes: Readonly<Record<string, number>>
  /** RATE_LIMITED errors without a plausible time to retry. */
  readonly withoutTime: number
  /** Answers without any data. */
  readonly failedWhole: number
  readonly worstSliding: number
  readonly worstFixed: number
  readonly refusals: number
  readonly calls: number
}

/** Each client asks for another design, its summary and its price, over and over, until the time is up. */
export async function loadTheLimit(
  gateway: TestGateway,
  { clients, durationMs }: { clients: number; durationMs: number },
): Promise<LoadReport> {
  const { simulator } = gateway
  const ids = simulator.data.designIds
  const endAtMs = performance.now() + durationMs
  const answers: Answer<Record<string, unknown>>[] = []
  let next = 0
  const client = async (): Promise<void> => {
    while (performance.now() < endAtMs) {
      const id = ids[next++ % ids.length] ?? ''
      const query = `{ design(id: "${id}") { name summary { systemSizeStc } pricing { systemPrice } } }`
      const answer = await gateway.ask(query)
      answers.push(answer)
      // A refused client comes back almost at once, earlier than it should.
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  await Promise.all(Array.from({ length: clients }, client))

  const errors = answers.flatMap(({ errors: list }) => list ?? [])
  const codes: Record<string, number> = {}
  for (const { extensions } of errors) codes[extensions.code] = (codes[extensions.code] ?? 0) + 1
  return {
    answers: answers.length,
    inFull: answers.filter((answer) => answer.errors === undefined).length,
    codes,
    withoutTime: errors.filter(({ extensions }) => !isTimed(extensions)).length,
    failedWhole: answers.filter(({ data }) => data === undefined || data === null).length,
    worstSliding: simulator.worstWindow(),
    worstFixed: simulator.worstFixedWindow(),
    refusals: simulator.refusals,
    calls: simulator.calls.length,
  }
}

function isTimed({ retryAfter, retryAt }: Readonly<Record<string, unknown>>): boolean {
  const isWhole = typeof retryAfter === 'number' && Number.isInteger(retryAfter) && retryAfter >= 1
  return isWhole && typeof retryAt === 'string' && new Date(retryAt).toISOString() === retryAt
}
