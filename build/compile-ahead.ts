// Keeps what V8 has compiled of the programs by the time that the gateway has started and has answered a query over the
// simulated Aurora, so that a start and its first query do not compile it again.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { json } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { createSimulator, DEFAULT_TENANT_ID, DEFAULT_TOKEN } from '../src/simulator/simulator.ts'

/** A process of its own with the flags of a start, because V8 takes the code under the same flags only. */
const PROGRAM = `
const { keepCompiled, load, start } = await import(process.argv[1])
const script = load()
process.once('exit', () => keepCompiled(script))
await start('main', script)
`

/** A list, a relation, a nested list and a call for each object of it: what most screens need. */
const QUERY =
  '{ projects(first: 3) { nodes { name owner { lastName } designs { name summary { systemSizeStc } } } } }'

/** Longer than a slow machine needs, so that only a program that hangs is ended by it. */
const LIMIT_MS = 120_000

/** `start`: the file that starts a program (start.ts), in its place beside the script. */
export async function compileAhead(start: string, limitMs = LIMIT_MS): Promise<void> {
  // It runs here, so that nothing of it is among what is kept.
  const simulator = createSimulator()
  const { url: aurora } = await simulator.listen()
  try {
    const env = {
      HOST: '127.0.0.1',
      PORT: '0',
      STATE_DIR: 'off',
      GRAPHIQL: 'off',
      AURORA_BASE_URL: aurora,
      AURORA_TENANT_ID: DEFAULT_TENANT_ID,
      AURORA_API_TOKEN: DEFAULT_TOKEN,
    }
    await runOnce(start, { env, limitMs })
  } finally {
    await simulator.close()
  }
}

interface Run {
  readonly env: Readonly<Record<string, string>>
  readonly limitMs: number
}

async function runOnce(start: string, { env, limitMs }: Run): Promise<void> {
  const words = ['--input-type=module', '--eval', PROGRAM, pathToFileURL(start).href]
  const child = spawn(process.execPath, words, {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: limitMs,
    killSignal: 'SIGKILL',
  })
  const ended = once(child, 'exit')
  try {
    const url = await urlIn(child.stdout)
    if (url !== null) {
      await askOnce(url)
      child.kill('SIGTERM')
    }
    const [status, signal] = (await ended) as [number | null, string | null]
    if (status !== 0) throw new Error(`The gateway that was built ended with ${status ?? signal}`)
  } finally {
    // A gateway that has answered with errors is still running.
    child.kill('SIGKILL')
    await ended
  }
}

async function askOnce(url: string): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  // Node's own agent, and its fetch, may go through a proxy, also to this machine (NODE_USE_ENV_PROXY).
  const sent = request(url, { method: 'POST', headers, agent: false }).end(JSON.stringify({ query: QUERY }))
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  const { errors } = (await json(answer)) as { readonly errors?: unknown }
  if (errors !== undefined) throw new Error(`The gateway that was built answers ${JSON.stringify(errors)}`)
}

/** Null if the program ends without one. */
async function urlIn(stdout: Readable): Promise<string | null> {
  let text = ''
  for await (const chunk of stdout.iterator({ destroyOnReturn: false })) {
    text += String(chunk)
    const [url] = /http:\S+\/graphql/.exec(text) ?? []
    if (url !== undefined) return url
  }
  return null
}
