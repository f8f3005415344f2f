// Where the CPU time of this gateway goes while it executes the screen again and again (scenario A2), or with `--new` in a document
// never seen before (A2-new): `npm run bench:profile [-- [--new] <folder of another checkout, built>]`. Prints the rooms and the
// functions with most time of their own.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { printTable } from '../figures.ts'
import { makeBody, makeNewDocumentBody } from './dialects.ts'
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

type Frame = CpuProfile['nodes'][number]['callFrame']

const functionOf = ({ functionName, url }: Frame): string => {
  const file = url.split('/').at(-1) ?? ''
  return [functionName || '(anonymous)', ...(file ? [file] : [])].join(', ')
}

/** The folder of src, the package, or `Node`, that the code of a function comes from: the bundle names each file before its code. */
function createRoomOf(): (frame: Frame) => string {
  const rooms = new Map<string, readonly string[]>()
  return ({ functionName, url, lineNumber }) => {
    if (!url.startsWith('file:')) return functionName.startsWith('(') ? functionName : 'Node'
    let ofLines = rooms.get(url)
    if (!ofLines) rooms.set(url, (ofLines = readRooms(readFileSync(fileURLToPath(url), 'utf8'))))
    return ofLines[lineNumber] ?? ''
  }
}

function readRooms(text: string): readonly string[] {
  let room = ''
  return text.split('\n').map((line) => {
    const [, ours, file] = /^\s*\/\/ (?:src\/(\S+)|node_modules\/((?:@[^/]+\/)?[^/]+)\S*)$/.exec(line) ?? []
    if (ours !== undefined) room = ours.includes('/') ? `src/${ours.split('/')[0]}` : 'src'
    else if (file !== undefined) room = file
    return room
  })
}

type Times = readonly (readonly [string, number])[]

/** Microseconds of each function's own, the most first; what waits for work is no work. */
function sumOwnTimes({ nodes, samples, timeDeltas }: CpuProfile, nameOf: (frame: Frame) => string): Times {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const times = new Map<string, number>()
  // The start and the first requests are other work than what is looked at.
  let leftMicros = timeDeltas.reduce((sum, delta) => sum + delta, 0)
  for (const [index, id] of samples.entries()) {
    const micros = Math.max(0, timeDeltas[index] ?? 0)
    leftMicros -= micros
    const name = names.get(id) ?? ''
    if (leftMicros > SECONDS * 1e6 || ['(idle)', '(root)'].includes(name)) continue
    times.set(name, (times.get(name) ?? 0) + micros)
  }
  return [...times].toSorted(([, left], [, right]) => right - left)
}

async function profile(root: string, isNew: boolean): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const name = isNew ? 'ours' : 'ours-executed'
  const { [name]: peer } = PEERS
  if (!peer) throw new Error(`the table of peers has no ${name}`)
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
  const body = isNew ? makeNewDocumentBody('ours') : makeBody('ours', { kind: 'screen' })
  const load = { url: server.url, body, headers: {}, clients: CLIENTS }
  await sendLoad({ ...load, seconds: WARM_SECONDS })
  await sendLoad({ ...load, seconds: SECONDS })
  await server.stop('SIGTERM')
  const [file = ''] = readdirSync(folder)
  const taken = JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile
  rmSync(folder, { recursive: true })
  printShares('room', sumOwnTimes(taken, createRoomOf()))
  printShares('function', sumOwnTimes(taken, functionOf))
}

function printShares(what: string, times: Times): void {
  const whole = times.reduce((sum, [, time]) => sum + time, 0)
  const rows = times.slice(0, SHOWN).map(([name, time]) => [name, `${((100 * time) / whole).toFixed(1)} %`])
  console.log(printTable([what, 'of the CPU time'], rows), '\n')
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { new: { type: 'boolean', default: false } },
})

try {
  pinThisProcess()
  await profile(resolve(positionals[0] ?? repositoryRoot), values.new)
} finally {
  endAll()
}
