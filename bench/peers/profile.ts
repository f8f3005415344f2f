// Where the CPU time of this gateway goes while it executes the screen again and again (scenario A2): `npm run bench:profile
// [-- <folder of another checkout, built>]`. Prints the functions with most time of their own.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { printTable } from '../figures.ts'
import { makeBody } from './dialects.ts'
import { sendLoad } from './load.ts'
import { PEERS, repositoryRoot } from './peers.ts'
import type { Peer } from './peers.ts'
import { endAll, pinThisProcess, startAurora, startPeer } from './processes.ts'

const WARM_SECONDS = 6
const SECONDS = 10
const CLIENTS = 16
const SHOWN = 25

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** Microseconds of each function's own, the most first; what waits for work is no work. */
function sumOwnTimes({ nodes, samples, timeDeltas }: CpuProfile): readonly (readonly [string, number])[] {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url } }) => {
      const file = url.split('/').at(-1) ?? ''
      return [id, [functionName || '(anonymous)', ...(file ? [file] : [])].join(', ')]
    }),
  )
  const times = new Map<string, number>()
  for (const [index, id] of samples.entries()) {
    const name = names.get(id) ?? ''
    if (['(idle)', '(root)'].includes(name)) continue
    times.set(name, (times.get(name) ?? 0) + Math.max(0, timeDeltas[index] ?? 0))
  }
  return [...times].toSorted(([, left], [, right]) => right - left)
}

async function profile(root: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const { 'ours-executed': peer } = PEERS
  if (!peer) throw new Error('the table of peers has no ours-executed')
  const profiled: Peer = {
    ...peer,
    launch(place) {
      const launch = peer.launch(place)
      const [node = '', ...words] = launch?.words ?? []
      return launch && { ...launch, words: [node, '--cpu-prof', `--cpu-prof-dir=${folder}`, ...words] }
    },
  }
  const aurora = await startAurora()
  const server = await startPeer(profiled, aurora.url, root)
  if (!server) throw new Error('the gateway cannot be started')
  const load = { url: server.url, body: makeBody('ours', { kind: 'screen' }), headers: {}, clients: CLIENTS }
  await sendLoad({ ...load, seconds: WARM_SECONDS })
  await sendLoad({ ...load, seconds: SECONDS })
  await server.stop('SIGTERM')
  const [file = ''] = readdirSync(folder)
  const times = sumOwnTimes(JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile)
  rmSync(folder, { recursive: true })
  const whole = times.reduce((sum, [, time]) => sum + time, 0)
  const rows = times.slice(0, SHOWN).map(([name, time]) => [name, `${((100 * time) / whole).toFixed(1)} %`])
  console.log(printTable(['function', 'of the CPU time'], rows))
}

try {
  pinThisProcess()
  await profile(resolve(process.argv[2] ?? repositoryRoot))
} finally {
  endAll()
}
