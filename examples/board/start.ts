// `npm run board`: a simulated Aurora, the gateway and the page, until Ctrl-C.
import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createServer } from 'vite'
import { DEFAULT_TENANT_ID, DEFAULT_TOKEN } from '../../src/simulator/simulator.ts'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '5173' },
    'gateway-port': { type: 'string', default: '4000' },
    'simulator-port': { type: 'string', default: '4100' },
    /** Calls to Aurora in a minute. With few of them the limit is soon reached. */
    limit: { type: 'string', default: '90' },
  },
})

const cwd = fileURLToPath(new URL('../..', import.meta.url))
const gatewayUrl = `http://127.0.0.1:${values['gateway-port']}`
const simulatorUrl = `http://127.0.0.1:${values['simulator-port']}`
const webhookKey = randomUUID()

/** The address contains the ids of the event, so that the gateway reads only what has changed. */
const ids = ['PROJECT_ID', 'DESIGN_ID', 'JOB_ID'].map((name) => `${name}=<${name}>`).join('&')

// As `npm start` does. npm between this process and the gateway would end with the terminal, and the gateway, which takes SIGHUP for a
// reload, would stay.
execFileSync(process.execPath, ['--import', 'tsx', 'build/page.ts'], { cwd, stdio: 'inherit' })

const simulator = start(process.execPath, [
  '--import',
  'tsx',
  'src/simulator/main.ts',
  `--limit=${values.limit}`,
  `--port=${values['simulator-port']}`,
  `--webhook-url=${gatewayUrl}/webhooks/aurora/<EVENT>?${ids}`,
  `--webhook-header=X-Webhook-Key: ${webhookKey}`,
])
const gateway = start(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
  PORT: values['gateway-port'],
  AURORA_BASE_URL: simulatorUrl,
  AURORA_TENANT_ID: DEFAULT_TENANT_ID,
  AURORA_API_TOKEN: DEFAULT_TOKEN,
  AURORA_RATE_LIMIT: values.limit,
  WEBHOOK_KEYS: webhookKey,
  LOG_LEVEL: 'warn',
})
const page = await createServer({
  root: fileURLToPath(new URL('.', import.meta.url)),
  server: { host: '127.0.0.1', port: Number(values.port), proxy: { '/graphql': gatewayUrl } },
})
let isEnding = false
const children = [simulator, gateway]
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end)
for (const child of children) child.once('exit', endWithFault)
process.once('exit', end)
void Promise.all(children.map(hasPrinted)).then(serve)

async function serve(): Promise<void> {
  await page.listen()
  process.stdout.write(`
The board              ${page.resolvedUrls?.local[0]}
GraphiQL               ${gatewayUrl}/graphql
The simulated Aurora   ${simulatorUrl}
Ctrl-C ends all.
`)
}

function start(command: string, words: readonly string[], settings: Readonly<Record<string, string>> = {}) {
  return spawn(command, words, {
    cwd,
    // oxlint-disable-next-line node/no-process-env
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

/** Each prints something as soon as it listens. */
function hasPrinted({ stdout }: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => stdout?.once('data', resolve))
}

/** If one of them ends, for example because its port is in use, the others end too: they are of no use without it. */
function endWithFault(): void {
  if (!isEnding) process.exitCode = 1
  end()
}

function end(): void {
  isEnding = true
  for (const child of children) child.kill()
  void page.close()
}
