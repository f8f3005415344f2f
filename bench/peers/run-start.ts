// Scenario E: from the start of a process to its first answer, its memory while it does nothing, and what is installed.
import { setTimeout as delay } from 'node:timers/promises'
import { measureInstalledMb } from './peers.ts'
import type { Candidate, Runner } from './run-load.ts'
import type { Row } from './results.ts'

/** Long enough for what a server still does after its first answer. */
const IDLE_MS = 3000

export async function runStart(runner: Runner): Promise<readonly Row[]> {
  await runner.aurora.set({ latencyMs: 0 })
  const rows: Row[] = []
  for (let round = 0; round < runner.rounds; round += 1)
    for (const candidate of round % 2 === 0 ? runner.candidates : runner.candidates.toReversed()) {
      const row = await startOnce(candidate, runner, round)
      if (row) rows.push(row)
    }
  return rows
}

async function startOnce(candidate: Candidate, { start }: Runner, round: number): Promise<Row | null> {
  const server = await start(candidate)
  if (!server) return null
  const cpuMs = server.readUsage()?.cpuMs ?? null
  await delay(IDLE_MS)
  const idleMb = server.readUsage()?.rssMb ?? null
  await server.stop()
  const { name, peer, root } = candidate
  const installedMb = round === 0 ? measureInstalledMb(name, peer, root) : null
  return { peer: name, round, figures: { readyMs: server.readyMs, cpuMs, idleMb, installedMb } }
}
