// Keeps what V8 has compiled of the programs by the time that the gateway has started and answered a query, so that a start
// does not compile it again.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'

/** A process of its own with the flags of a start, because V8 takes the code under the same flags only. */
const PROGRAM = `
const { keepCompiled, load, start } = await import(process.argv[1])
const script = load()
process.once('exit', () => keepCompiled(script))
await start('main', script)
`

/** The query needs no call, so no credential is used. */
const SETTINGS = {
  HOST: '127.0.0.1',
  PORT: '0',
  STATE_DIR: 'off',
  GRAPHIQL: 'off',
  AURORA_BASE_URL: 'http://127.0.0.1:9',
  AURORA_TENANT_ID: 'nobody',
  AURORA_API_TOKEN: 'of-no-use',
}

/** `start`: the file that starts a program (start.js), in its place beside the script. */
export async function compileAhead(start: string): Promise<void> {
  const words = ['--input-type=module', '--eval', PROGRAM, pathToFileURL(start).href]
  const child = spawn(process.execPath, words, { env: SETTINGS, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const url = await urlIn(child.stdout)
  if (url !== null) {
    await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ __typename }"}',
    })
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
