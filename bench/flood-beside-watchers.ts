// How much longer a reader of a replica that a thousand clients watch waits beside a flood of webhooks: slices of the reader alone,
// beside the flood at that replica, and beside it at a bare server come in turn, as in `bench/webhooks.ts`.
import { spawnSync } from 'node:child_process'
import type { Simulator } from '../src/simulator/simulator.ts'
import type { Program } from '../test/support/program.ts'
import { startBareReceiver } from './bare-receiver.ts'
import { median, printNumber, quantile } from './figures.ts'
import { KEY } from './flooded-gateway.ts'
import { canPin, pinThisProcess, SERVER_CORE } from './peers/processes.ts'
import { createFloods } from './webhook-floods.ts'
import { createSlices, KINDS, SENDER_ADDRESS } from './webhook-slices.ts'
import type { Kind } from './webhook-slices.ts'

const ROUNDS = 8
/** In the first slices V8 still compiles what the flood needs. */
const WARMING_ROUNDS = 4
const SECONDS = 1.5
const PER_SECOND = 1000

interface Flooded {
  readonly url: string
  readonly program: Program
}

/** Rows of a table. This process, with the clients that watch, and what it starts later are put on the core of the load. */
export async function floodBesideWatchers(
  { url, program }: Flooded,
  simulator: Simulator,
): Promise<readonly (readonly string[])[]> {
  pinThisProcess()
  if (canPin) spawnSync('taskset', ['-acp', String(SERVER_CORE), String(program.child.pid)])
  const bare = await startBareReceiver(canPin ? SERVER_CORE : null)
  const slices = createSlices({ from: SENDER_ADDRESS, key: KEY, perSecond: PER_SECOND, seconds: SECONDS })
  const servers = { gateway: { ...bare, url, cpuUs: () => 0 }, bare }
  const times = new Map<Kind, (readonly number[])[]>(KINDS.map((kind) => [kind, []]))
  const [flood] = createFloods(simulator)
  if (!flood) throw new Error('no flood')
  let calls = 0
  try {
    for (let round = 0; round < WARMING_ROUNDS + ROUNDS; round += 1)
      for (const kind of round % 2 === 0 ? KINDS : KINDS.toReversed()) {
        simulator.clearCalls()
        const slice = await slices.run(servers, kind, flood, 'kept')
        if (round < WARMING_ROUNDS) continue
        times.get(kind)?.push(slice.times)
        if (kind === 'gateway') calls += simulator.calls.length
      }
  } finally {
    slices.end()
    await bare.end()
  }
  const p99sOf = (kind: Kind): readonly number[] =>
    (times.get(kind) ?? []).map((each) => quantile(each, 0.99))
  const pooledOf = (kind: Kind): number => quantile((times.get(kind) ?? []).flat(), 0.99)
  const ratioOf = (kind: Kind): string => {
    const alone = p99sOf('alone')
    const ofRounds = p99sOf(kind).map((ms, round) => ms / (alone[round] ?? Number.NaN))
    return `${printNumber(pooledOf(kind) / pooledOf('alone'))}, ${printNumber(median(ofRounds))}`
  }
  return [
    [`calls in a flood of ${ROUNDS * SECONDS} s, ${PER_SECOND} webhooks a second`, printNumber(calls)],
    ['p99 of another reader alone, ms', printNumber(pooledOf('alone'))],
    ['beside the flood, of that: pooled, median of rounds', ratioOf('gateway')],
    ['beside the same flood at a bare server', ratioOf('bare')],
  ]
}
