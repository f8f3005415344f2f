// Keeps what V8 has compiled of the programs by the time that the gateway has started and has answered a query over the
// simulated Aurora, so that a start and its first query do not compile it again.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
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

/** `start`: the file that starts a program (start.ts), in its place beside the script. */
export async function compileAhead(start: string): Promise<void> {
  // It runs here, so that nothing of it is among what is kept.
  const simulator = createSimulator()
  const { url: aurora } = await simulator.listen()
  try {
    await runOnce(start, {
      HOST: '127.0.0.1',
      PORT: '0',
      STATE_DIR: 'off',
      GRAPHIQL: 'off',
      AURORA_BASE_URL: aurora,
      AURORA_TENANT_ID: DEFAULT_TENANT_ID,
      AURORA_API_TOKEN: DEFAULT_TOKEN,
    })
  } finally {
    await simulator.close()
  }
}

async function runOnce(start: string, env: Readonly<Record<string, string>>): Promise<void> {
  const words = ['--input-type=module', '--eval', PROGRAM, pathToFileURL(start).href]
  const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const url = await urlIn(child.stdout)
  if (url !== null) {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: QUERY }),
    })
    const { errors } = (await answer.json()) as { readonly errors?: unknown }
    if (errors !== undefined) throw new Error(`The gateway that was built answers ${JSON.stringify(errors)}`)
    child.kill('SIGTERM')
  }
  const [status] = (await ended) as [number | null]
  if (status !== 0) throw new Error(`The gateway that was built ended with ${status}`)
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
