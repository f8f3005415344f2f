// Scenario D: 60 clients look at screens, lists and details while Aurora allows 90 calls a window. A window is a tenth of
// a minute, and so is the time that a client looks at what it got.
import { setTimeout as delay } from 'node:timers/promises'
import { median } from '../figures.ts'
import { createRandom } from '../../test/support/seeded-random.ts'
import { ask } from './ask.ts'
import type { QueryKind, Question, Verdict } from './dialects.ts'
import { AURORA_LIMIT, SHORT_WINDOW_MS } from './peers.ts'
import type { RunningPeer } from './processes.ts'
import type { Candidate, Runner } from './run-load.ts'
import type { Row } from './results.ts'

const CLIENTS = 60
const WINDOWS = 6
const LATENCY_MS = 40
const LOOKS_MS = 1000
const PROJECTS_LOOKED_AT = 40
const DURATION_MS = WINDOWS * SHORT_WINDOW_MS

interface Outcome {
  readonly kind: QueryKind
  readonly verdict: Verdict
  readonly tookMs: number
  readonly endedAtMs: number
}

export async function runLimit(runner: Runner): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const candidate of runner.candidates)
    for (let round = 0; round < runner.rounds; round += 1) {
      await runner.aurora.set({ latencyMs: LATENCY_MS })
      const server = await runner.start(candidate)
      if (!server) break
      rows.push({ peer: candidate.name, round, figures: await measure(candidate, server, runner) })
      await server.stop()
    }
  return rows
}

async function measure(candidate: Candidate, { url }: RunningPeer, { aurora }: Runner) {
  await aurora.set({ latencyMs: LATENCY_MS, limit: AURORA_LIMIT, windowMs: SHORT_WINDOW_MS })
  await aurora.reset()
  const outcomes: Outcome[] = []
  const startMs = performance.now()
  await Promise.all(
    Array.from({ length: CLIENTS }, async (_, client) => {
      const random = createRandom(client + 1)
      const paging: { cursor: string | null } = { cursor: null }
      await delay(random() * LOOKS_MS)
      while (performance.now() - startMs < DURATION_MS) {
        const question = chooseQuestion(random, candidate.peer.dialect === 'ours' ? paging.cursor : '')
        const { verdict, tookMs, cursor } = await ask(candidate.peer, url, question)
        // The end of the first page is where the second begins; the end of the second is not.
        if (question.page === 1) paging.cursor = cursor ?? paging.cursor
        outcomes.push({ kind: question.kind, verdict, tookMs, endedAtMs: performance.now() - startMs })
        await delay(LOOKS_MS * (0.5 + random()))
      }
    }),
  )
  return summarise(outcomes, await aurora.count())
}

/** Of a hundred: 15 screens, 25 lists, 60 details. Page 2 is requested by a client that has the end of page 1. */
function chooseQuestion(random: () => number, cursor: string | null): Question {
  const drawn = random()
  if (drawn < 0.15) return { kind: 'screen' }
  if (drawn < 0.4) return { kind: 'list', page: random() < 0.5 || cursor === null ? 1 : 2, cursor }
  return { kind: 'detail', project: Math.floor(random() * PROJECTS_LOOKED_AT) }
}

function summarise(outcomes: readonly Outcome[], counts: { total: number; refused: number }) {
  const percent = (verdict: Verdict, of: readonly Outcome[]): number =>
    (100 * of.filter((outcome) => outcome.verdict === verdict).length) / Math.max(1, of.length)
  const lateOnes = outcomes.filter(({ endedAtMs }) => endedAtMs > DURATION_MS / 2)
  const screens = outcomes.filter(({ kind }) => kind === 'screen')
  return {
    requests: outcomes.length,
    fullPercent: percent('full', outcomes),
    secondHalfFullPercent: percent('full', lateOnes),
    screenFullPercent: percent('full', screens),
    partialPercent: percent('partial', outcomes),
    failedPercent: percent('failed', outcomes),
    silentPercent: percent('silent', outcomes) + percent('wrong', outcomes),
    p50Ms: median(outcomes.map(({ tookMs }) => tookMs)),
    calls: counts.total,
    refused: counts.refused,
  }
}
