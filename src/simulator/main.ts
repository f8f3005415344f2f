// Runs the simulator as a process of its own: `node --import tsx src/simulator/main.ts --port 4100`.

import { parseArgs } from 'node:util'
import { createSimulator, DEFAULT_TENANT_ID, DEFAULT_TOKEN } from './simulator.ts'
import type { WebhookAddress } from './webhooks/webhooks.ts'

const USAGE = `npm run simulator -- [options]     a simulated Aurora with made-up data; docs/simulator.md has its controls

--port 4100                  port to listen on; 0 takes any free one
--host 127.0.0.1             address to listen on
--limit 90                   calls that one key may make in a window
--window-ms 60000            length of that window
--projects 620               how many projects there are
--latency-ms 0               how long each answer takes
--seed 1                     decides which data is made up
--webhook-url <template>     gets all webhooks, such as 'http://127.0.0.1:4000/hooks/<EVENT>?project_id=<PROJECT_ID>'
--webhook-header 'Name: value'   header of these
--webhook-any-host           sends webhooks to other machines, too
--webhook-retry-factor 1     0 to 1: makes the waits between their attempts shorter`

const OPTIONS = {
  help: { type: 'boolean', short: 'h', default: false },
  port: { type: 'string', default: '4100' },
  host: { type: 'string', default: '127.0.0.1' },
  limit: { type: 'string', default: '90' },
  'window-ms': { type: 'string', default: '60000' },
  projects: { type: 'string', default: '620' },
  'latency-ms': { type: 'string', default: '0' },
  seed: { type: 'string', default: '1' },
  'webhook-url': { type: 'string' },
  'webhook-header': { type: 'string' },
  'webhook-any-host': { type: 'boolean', default: false },
  'webhook-retry-factor': { type: 'string', default: '1' },
} as const

const values = readOptions()
if (values.help) {
  console.log(USAGE)
  process.exit(0)
}

const simulator = createSimulator({
  limit: toNumber('limit', 1),
  windowMs: toNumber('window-ms', 1),
  projectCount: toNumber('projects', 0),
  latencyMs: toNumber('latency-ms', 0),
  seed: toNumber('seed', 0),
  webhooks: {
    addresses: toAddresses(values['webhook-url'], values['webhook-header']),
    isAnyHostAllowed: values['webhook-any-host'],
    retryFactor: toFactor(values['webhook-retry-factor']),
  },
})
const { url } = await simulator.listen(toNumber('port', 0), values.host)
console.log(`url        ${url}\ntenant id  ${DEFAULT_TENANT_ID}\ntoken      ${DEFAULT_TOKEN}`)

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void simulator.close())

function readOptions() {
  try {
    return parseArgs({ options: OPTIONS }).values
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`)
  }
}

function toNumber(
  name: 'port' | 'limit' | 'window-ms' | 'projects' | 'latency-ms' | 'seed',
  least: number,
): number {
  const value = Number(values[name])
  if (Number.isInteger(value) && value >= least) return value
  return fail(`--${name} must be a whole number from ${least}, not "${values[name]}"`)
}

/** `header` is a name, a colon and a value, as in HTTP. */
function toAddresses(urlTemplate: string | undefined, header: string | undefined): WebhookAddress[] {
  if (urlTemplate === undefined) return []
  if (!/^https?:\/\//.test(urlTemplate)) return fail(`--webhook-url must be an address, not "${urlTemplate}"`)
  const [, name, value] = /^([^:]+):\s*(.*)$/.exec(header ?? '') ?? []
  if (header !== undefined && name === undefined) return fail('--webhook-header must be "Name: value"')
  return [{ urlTemplate, ...(name && { headerAuthKey: name, headerAuthValue: value ?? '' }) }]
}

function toFactor(text: string): number {
  const factor = Number(text)
  return factor >= 0 && factor <= 1 ? factor : fail(`--webhook-retry-factor must be 0 to 1, not "${text}"`)
}

function fail(message: string): never {
  console.error(message)
  process.exit(1)
}
