// Scenario C: how many calls Aurora gets for a cold screen, the same again, twenty at once, and a visit of a few screens.
import { ask } from './ask.ts'
import type { Question, Verdict } from './dialects.ts'
import type { Candidate, Runner } from './run-load.ts'
import type { Row } from './results.ts'

const LATENCY_MS = 40
const AT_ONCE = 20
const DETAILS = 5

export async function runCalls(runner: Runner): Promise<readonly Row[]> {
  await runner.aurora.set({ latencyMs: LATENCY_MS })
  const rows: Row[] = []
  for (const candidate of runner.candidates) {
    const row = await countCalls(candidate, runner)
    if (row) rows.push(row)
  }
  return rows
}

async function countCalls(candidate: Candidate, { aurora, start }: Runner): Promise<Row | null> {
  const verdicts: Verdict[] = []
  /** A new process, so that nothing is cached, and the calls of what it is asked. */
  const withNewServer = async (
    work: (askOne: (question: Question) => Promise<void>) => Promise<void>,
  ): Promise<boolean> => {
    const server = await start(candidate)
    if (!server) return false
    await aurora.reset()
    await work(async (question) => {
      verdicts.push((await ask(candidate.peer, server.url, question)).verdict)
    })
    await server.stop()
    return true
  }

  let coldScreen = 0
  let again = 0
  const canRun = await withNewServer(async (askOne) => {
    await askOne({ kind: 'screen' })
    coldScreen = (await aurora.count()).total
    await askOne({ kind: 'screen' })
    again = (await aurora.count()).total - coldScreen
  })
  if (!canRun) return null
  await withNewServer(async (askOne) => {
    await Promise.all(Array.from({ length: AT_ONCE }, () => askOne({ kind: 'screen' })))
  })
  const burst = (await aurora.count()).total
  await withNewServer(async (askOne) => {
    await askOne({ kind: 'list' })
    for (let project = 0; project < DETAILS; project += 1) await askOne({ kind: 'detail', project })
    await askOne({ kind: 'list' })
  })
  const { total: visit, repeated } = await aurora.count()
  const notFull = verdicts.filter((verdict) => verdict !== 'full').length
  return { peer: candidate.name, round: 0, figures: { coldScreen, again, burst, visit, repeated, notFull } }
}
