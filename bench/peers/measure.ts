// Compares this gateway with its peers: `npm run bench:peers -- <scenario…> [--rounds 5] [--peers bare,ours]
// [--also before=<folder of another checkout, built>]`. Prints a Markdown table; a whole run
// (without --peers and --also) is also kept in bench/results/<scenario>.json.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { loadGenerator } from './load.ts'
import { install, isOurs, PEERS, readVersion, repositoryRoot } from './peers.ts'
import { canPin, coreCount, endAll, pinThisProcess, startAurora, startPeer } from './processes.ts'
import { printResult, saveResult } from './results.ts'
import type { Result, Row } from './results.ts'
import { runCalls } from './run-calls.ts'
import { runLimit } from './run-limit.ts'
import { runLoad } from './run-load.ts'
import type { Candidate, Runner } from './run-load.ts'
import { runStart } from './run-start.ts'
import { SCENARIOS } from './scenarios.ts'
import type { Scenario } from './scenarios.ts'

/** More than the longest scenario takes with its own rounds. */
const MAX_MINUTES_PER_SCENARIO = 15

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string' },
    peers: { type: 'string' },
    also: { type: 'string', multiple: true, default: [] },
  },
})

/** What is kept are figures of all peers in one run; a part of them is only printed. */
const isWhole = values.peers === undefined && values.also.length === 0

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    endAll()
    process.exit(1)
  })

try {
  pinThisProcess()
  for (const name of positionals.length > 0 ? positionals : Object.keys(SCENARIOS)) {
    const result = await measure(name)
    if (isWhole) saveResult(result)
    console.log(`\n${printResult(result)}\n`)
  }
} finally {
  endAll()
}

async function measure(name: string): Promise<Result> {
  const scenario = SCENARIOS[name]
  if (!scenario) throw new Error(`no scenario ${name}; there are ${Object.keys(SCENARIOS).join(', ')}`)
  const candidates = findCandidates(scenario)
  const outOfTime = setTimeout(() => {
    console.error(`${name} takes longer than ${MAX_MINUTES_PER_SCENARIO} minutes`)
    process.emit('SIGTERM')
  }, MAX_MINUTES_PER_SCENARIO * 60_000)
  const aurora = await startAurora()
  const rows = await run(scenario, {
    aurora,
    candidates,
    rounds: Number(values.rounds ?? scenario.rounds),
    start: async ({ name: candidate, peer, root }) => {
      const server = await startPeer(peer, aurora.url, root)
      if (!server) console.log(`${candidate} cannot run on this machine and is left out`)
      return server
    },
  })
  clearTimeout(outOfTime)
  endAll()
  const { title, base, columns } = scenario
  const labels = Object.fromEntries(candidates.map((each) => [each.name, describe(each)]))
  const measuredOn = new Date().toISOString().slice(0, 10)
  return { scenario: name, title, measuredOn, machine: describeMachine(), base, labels, columns, rows }
}

function findCandidates({ peers }: Scenario): readonly Candidate[] {
  const wanted = values.peers?.split(',') ?? peers
  const candidates = wanted.flatMap((name): Candidate[] => {
    const peer = PEERS[name]
    if (!peer) throw new Error(`no peer ${name}; there are ${Object.keys(PEERS).join(', ')}`)
    if (!install(peer)) return []
    const own = { name, peer, root: repositoryRoot }
    const others = values.also.map((word): Candidate => {
      const [label = '', root = ''] = word.split('=')
      return { name: `${name}@${label}`, peer: { ...peer, label: `${peer.label}, ${label}` }, root }
    })
    return isOurs(name) ? [own, ...others] : [own]
  })
  for (const { name, root } of candidates)
    if (isOurs(name) && !existsSync(join(root, 'dist/main.js')))
      throw new Error(`${root} is not built: npm run build`)
  return candidates
}

function run(scenario: Scenario, runner: Runner): Promise<readonly Row[]> {
  switch (scenario.kind) {
    case 'load':
      return runLoad(scenario, runner)
    case 'calls':
      return runCalls(runner)
    case 'limit':
      return runLimit(runner)
    case 'start':
      return runStart(runner)
  }
}

function describe({ name, peer, root }: Candidate): string {
  return isOurs(name) || !peer.needs ? peer.label : `${peer.label} (${readVersion(peer, root)})`
}

function describeMachine(): string {
  return [
    `${coreCount} cores`,
    ...(canPin ? ['servers and load on one each'] : []),
    `Node ${process.versions.node}`,
    `load by ${loadGenerator}`,
  ].join(', ')
}
