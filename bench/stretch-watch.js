// Loaded into the program by bench/stretches.ts: between two SIGUSR2 it notes the longest stretch between two turns of the event
// loop, in time of the main thread on the processor, and what was executed in it.
import { readFileSync } from 'node:fs'
import { Session } from 'node:inspector'

const SAMPLE_US = 500
const cpuMs = () =>
  Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1').split(' ')[0]) / 1e6
const nowUs = () => Number(process.hrtime.bigint() / 1000n)

const session = new Session()
session.connect()
session.post('Profiler.enable')
session.post('Profiler.setSamplingInterval', { interval: SAMPLE_US })

let isOn = false
let worst = { ms: 0, fromUs: 0, toUs: 0 }

function watch(beganMs, beganUs) {
  const endUs = nowUs()
  const ms = cpuMs() - beganMs
  if (ms > worst.ms) worst = { ms, fromUs: beganUs, toUs: endUs }
  if (isOn) setImmediate(watch, cpuMs(), nowUs())
}

process.on('SIGUSR2', () => {
  isOn = !isOn
  if (isOn) {
    worst = { ms: 0, fromUs: 0, toUs: 0 }
    session.post('Profiler.start')
    setImmediate(watch, cpuMs(), nowUs())
  } else
    session.post('Profiler.stop', (_error, { profile }) =>
      process.stderr.write(`STRETCH ${JSON.stringify({ ms: worst.ms, stack: heaviest(profile, worst) })}\n`),
    )
})

/** The names of the functions in which most of the stretch was spent, from the outermost to the innermost. */
function heaviest({ nodes, samples, timeDeltas, startTime }, { fromUs, toUs }) {
  const own = new Map()
  let atUs = startTime
  samples.forEach((id, index) => {
    atUs += timeDeltas[index]
    if (atUs >= fromUs && atUs <= toUs) own.set(id, (own.get(id) ?? 0) + timeDeltas[index])
  })
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const sums = new Map()
  const sum = (id) => {
    const { children = [] } = byId.get(id)
    const all = children.reduce((total, child) => total + sum(child), own.get(id) ?? 0)
    sums.set(id, all)
    return all
  }
  const root = nodes[0]
  const total = sum(root.id)
  const names = []
  for (let node = root; node;) {
    const [next] = (node.children ?? []).toSorted((left, right) => sums.get(right) - sums.get(left))
    node = next !== undefined && sums.get(next) > total * 0.25 ? byId.get(next) : undefined
    if (node)
      names.push(`${node.callFrame.functionName || '?'} ${Math.round((100 * sums.get(node.id)) / total)}%`)
  }
  const owns = new Map()
  for (const [id, us] of own) {
    const name = byId.get(id).callFrame.functionName
    owns.set(name, (owns.get(name) ?? 0) + us)
  }
  const most = [...owns].toSorted(([, left], [, right]) => right - left).slice(0, 8)
  names.push(`own: ${most.map(([name, us]) => `${name} ${Math.round((100 * us) / total)}%`).join(', ')}`)
  return names
}
