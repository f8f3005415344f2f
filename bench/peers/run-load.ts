// Scenarios under load: all servers run at once, and each round measures one after the other, every second round backwards.
import { request } from 'undici'
import { judgeAnswer, makeBody, makeNewDocumentBody, NUMBER_MARK } from './dialects.ts'
import type { ShownAnswer } from './dialects.ts'
import { sendLoad } from './load.ts'
import type { Peer } from './peers.ts'
import type { Aurora, RunningPeer } from './processes.ts'
import type { Row } from './results.ts'
import type { Scenario } from './scenarios.ts'

export interface Candidate {
  readonly name: string
  readonly peer: Peer
  readonly root: string
}

export interface Runner {
  readonly aurora: Aurora
  readonly candidates: readonly Candidate[]
  readonly rounds: number
  start(candidate: Candidate): Promise<RunningPeer | null>
}

type LoadScenario = Extract<Scenario, { kind: 'load' }>

export async function runLoad(scenario: LoadScenario, runner: Runner): Promise<readonly Row[]> {
  const { aurora, rounds } = runner
  // Latency is for the measurement: without it, a server is warm after as many screens as in the other scenarios.
  await aurora.set({ latencyMs: 0 })
  const running: { candidate: Candidate; server: RunningPeer }[] = []
  for (const candidate of runner.candidates) {
    const server = await runner.start(candidate)
    if (server) running.push({ candidate, server })
  }
  for (const each of running) {
    await checkAnswer(each.candidate, each.server)
    await sendLoad(toLoad(scenario, each, scenario.warmSeconds))
  }
  await aurora.set({ latencyMs: scenario.latencyMs })
  const rows: Row[] = []
  for (let round = 0; round < rounds; round += 1)
    for (const each of round % 2 === 0 ? running : running.toReversed())
      rows.push(await measureOnce(scenario, each, { aurora, round }))
  for (const { candidate, server } of running) {
    await checkAnswer(candidate, server)
    await server.stop()
  }
  return rows
}

/** Nothing is measured that answers anything else than the others. */
async function checkAnswer({ name, peer }: Candidate, { url }: RunningPeer): Promise<void> {
  const question = { kind: 'screen' } as const
  const answer = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...peer.headers },
    body: makeBody(peer.dialect, question),
  })
  const text = await answer.body.text()
  const verdict = judgeAnswer(peer.dialect, question, JSON.parse(text) as ShownAnswer)
  if (answer.statusCode !== 200 || verdict !== 'full')
    throw new Error(`${name} answers ${answer.statusCode}, ${verdict}: ${text.slice(0, 500)}`)
}

function toLoad(
  { query, clients }: LoadScenario,
  { candidate: { peer }, server }: { candidate: Candidate; server: RunningPeer },
  seconds: number,
) {
  const body =
    query === 'new document' ? makeNewDocumentBody(peer.dialect) : makeBody(peer.dialect, { kind: query })
  if (query === 'new document' && !body.includes(NUMBER_MARK)) throw new Error('the document is not new')
  return { url: server.url, body, headers: peer.headers ?? {}, clients, seconds }
}

async function measureOnce(
  scenario: LoadScenario,
  each: { candidate: Candidate; server: RunningPeer },
  { aurora, round }: { aurora: Aurora; round: number },
): Promise<Row> {
  const callsBefore = (await aurora.count()).total
  const before = each.server.readUsage()
  const { requests, seconds, p50Ms, p99Ms, failed } = await sendLoad(toLoad(scenario, each, scenario.seconds))
  const after = each.server.readUsage()
  const calls = (await aurora.count()).total - callsBefore
  return {
    peer: each.candidate.name,
    round,
    figures: {
      perSecond: requests / seconds,
      p50Ms,
      p99Ms,
      failed,
      cpuMs: before && after && (after.cpuMs - before.cpuMs) / Math.max(1, requests),
      rssMb: after && after.rssMb,
      callsEach: calls / Math.max(1, requests),
    },
  }
}
