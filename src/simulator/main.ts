// Runs the simulator as a process of its own: `node --import tsx src/simulator/main.ts --port 4100`.

import { parseArgs } from 'node:util'
import { createSimulator, DEFAULT_TENANT_ID, DEFAULT_TOKEN } from './simulator.ts'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4100' },
    host: { type: 'string', default: '127.0.0.1' },
    limit: { type: 'string', default: '90' },
    'window-ms': { type: 'string', default: '60000' },
    projects: { type: 'string', default: '620' },
    'latency-ms': { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
  },
})

const simulator = createSimulator({
  limit: toNumber('limit', 1),
  windowMs: toNumber('window-ms', 1),
  projectCount: toNumber('projects', 0),
  latencyMs: toNumber('latency-ms', 0),
  seed: toNumber('seed', 0),
})
const { url } = await simulator.listen(toNumber('port', 0), values.host)
console.log(`url        ${url}\ntenant id  ${DEFAULT_TENANT_ID}\ntoken      ${DEFAULT_TOKEN}`)

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void simulator.close())

function toNumber(name: Exclude<keyof typeof values, 'host'>, least: number): number {
  const value = Number(values[name])
  if (Number.isInteger(value) && value >= least) return value
  console.error(`--${name} must be a whole number from ${least}, not "${values[name]}"`)
  process.exit(1)
}
