// npm run prove:image: carries out the instructions of the Dockerfile in folders instead of containers, then runs the
// result: it becomes healthy, refuses a stranger, answers a caller, and stops at a signal.
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { CHECKOUT, createIsSent, readDockerfile, readStages } from './read-dockerfile.ts'
import type { Step } from './read-dockerfile.ts'

/** A folder that stands for the file system of one stage. */
interface Built {
  readonly root: string
  workdir: string
  readonly variables: Record<string, string>
  healthcheck: readonly string[]
  command: readonly string[]
}

const HEALTHY_WITHIN_MS = 15_000
const GONE_WITHIN_MS = 15_000
const GATEWAY_KEY = 'proof-key-of-no-use-elsewhere'

const checkout = fileURLToPath(CHECKOUT)
const isSent = createIsSent(readFileSync(join(checkout, '.dockerignore'), 'utf8'))
const startedAt = Date.now()
const folder = mkdtempSync(join(tmpdir(), 'prove-image-'))
try {
  const image = build()
  inspect(image)
  await run(image)
  tell('proved')
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function tell(text: string): void {
  console.log(`prove:image ${((Date.now() - startedAt) / 1000).toFixed(1)} s: ${text}`)
}

function build(): Built {
  const stages = new Map<string, Built>()
  let built: Built | undefined
  for (const [index, stage] of readStages(readDockerfile()).entries()) {
    built = { root: join(folder, String(index)), workdir: '/', variables: {}, healthcheck: [], command: [] }
    mkdirSync(built.root)
    for (const step of stage.steps) play(step, built, stages)
    stages.set(stage.name ?? String(index), built)
  }
  if (built === undefined) throw new Error('The Dockerfile has no FROM.')
  return built
}

function play(step: Step, built: Built, stages: ReadonlyMap<string, Built>): void {
  const [first = ''] = step.words
  switch (step.keyword) {
    case 'ENV':
      Object.assign(built.variables, step.variables)
      return
    case 'WORKDIR':
      built.workdir = first
      mkdirSync(inside(built, '.'), { recursive: true })
      return
    case 'COPY':
      return copy(step, built, stages)
    case 'RUN':
      tell(first)
      return runStep(first, built)
    case 'HEALTHCHECK':
      built.healthcheck = step.words
      return
    case 'CMD':
      built.command = step.words
      return
    // Only a real container could show these; dockerfile.test.ts checks their rules.
    case 'USER':
    case 'EXPOSE':
    case 'STOPSIGNAL':
      return
    default:
      throw new Error(`prove:image does not know how to play ${step.keyword}: teach it, or do without.`)
  }
}

function inside(built: Built, path: string): string {
  return join(built.root, path.startsWith('/') ? path : join(built.workdir, path))
}

function copy(step: Step, built: Built, stages: ReadonlyMap<string, Built>): void {
  const sources = step.words.slice(0, -1)
  const target = step.words.at(-1) ?? '.'
  const from = step.fromStage === null ? null : stages.get(step.fromStage)
  if (from === undefined) throw new Error(`COPY --from=${step.fromStage}: there is no such stage before.`)
  for (const source of sources) {
    const origin = from === null ? join(checkout, source) : inside(from, source)
    // A folder's content goes into the target; a file goes below a target that ends in a slash.
    const isBelow = target.endsWith('/') && statSync(origin).isFile()
    const destination = inside(built, isBelow ? join(target, source) : target)
    const filter = (path: string): boolean =>
      from !== null || path === origin || isSent(relative(checkout, path).replaceAll('\\', '/'))
    cpSync(origin, destination, { recursive: true, filter })
  }
}

function runStep(command: string, built: Built): void {
  const env = { ...toolEnvironment(), ...built.variables }
  const { status, stdout, stderr } = spawnSync(command, {
    shell: true,
    cwd: inside(built, '.'),
    env,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`"${command}" ended with ${status}:\n${stdout}${stderr}`)
}

/** The settings with which this machine reaches its registry, without those that change what is installed; `clean` leaves the cache. */
function toolEnvironment(): NodeJS.ProcessEnv {
  const { NODE_ENV: _, NODE_OPTIONS: __, ...env } = process.env
  return { ...env, npm_config_cache: join(folder, 'npm-cache') }
}

function inspect(image: Built): void {
  const files = readdirSync(image.root, { recursive: true, encoding: 'utf8' })
  const wrong = files.filter((path) => path.endsWith('.ts') || path.includes('node_modules'))
  if (wrong.length > 0) throw new Error(`Source or installed packages in the image: ${wrong.join(', ')}`)
  const bytes = files.reduce((sum, path) => sum + statSync(join(image.root, path)).size, 0)
  tell(`${files.length} files, ${(bytes / 1e6).toFixed(1)} MB beside Node itself`)
}

async function run(image: Built): Promise<void> {
  const port = await findFreePort()
  const env = {
    PATH: process.env['PATH'],
    ...image.variables,
    // Closed to the network during the trial. Nothing listens at the address of Aurora, and no call is made.
    HOST: '127.0.0.1',
    PORT: String(port),
    AURORA_BASE_URL: 'http://127.0.0.1:9',
    AURORA_TENANT_ID: '00000000-0000-4000-8000-000000000000',
    AURORA_API_TOKEN: 'proof-token-of-no-use-elsewhere',
    GATEWAY_KEYS: `proof:${createHash('sha256').update(GATEWAY_KEY).digest('hex')}`,
  }
  const cwd = inside(image, '.')
  const [program = '', ...words] = image.command
  const server = spawn(program, words, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const output: string[] = []
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (part) => output.push(String(part)))
  try {
    await becomesHealthy(image.healthcheck, server, { cwd, env })
    await answersOnlyCallers(`http://127.0.0.1:${port}/graphql`)
    await leavesWhenTold(server)
  } catch (error) {
    throw new Error(`The image does not work. It printed:\n${output.join('')}`, { cause: error })
  } finally {
    server.kill('SIGKILL')
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('The system gave no port.')
  return address.port
}

async function becomesHealthy(
  [program = '', ...words]: readonly string[],
  server: ChildProcess,
  where: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<void> {
  const deadlineMs = Date.now() + HEALTHY_WITHIN_MS
  while (Date.now() < deadlineMs && server.exitCode === null) {
    if (spawnSync(program, words, where).status === 0) return tell('healthy')
    await sleep(100)
  }
  throw new Error(
    `Not healthy: ${server.exitCode === null ? 'too slow' : `it ended with ${server.exitCode}`}.`,
  )
}

async function answersOnlyCallers(url: string): Promise<void> {
  const ask = async (headers: Record<string, string>): Promise<[status: number, text: string]> => {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: '{ __typename }' }),
    })
    return [answer.status, await answer.text()]
  }
  const [strange] = await ask({})
  if (strange !== 401) throw new Error(`A stranger got ${strange} instead of 401.`)
  const [status, text] = await ask({ authorization: `Bearer ${GATEWAY_KEY}` })
  if (status !== 200 || !text.includes('"__typename":"Query"'))
    throw new Error(`A caller got ${status}: ${text}`)
  tell('a stranger is refused, a caller is answered')
}

async function leavesWhenTold(server: ChildProcess): Promise<void> {
  const exit = once(server, 'exit', { signal: AbortSignal.timeout(GONE_WITHIN_MS) })
  server.kill('SIGTERM')
  const [code] = await exit
  if (code !== 0) throw new Error(`SIGTERM ended it with ${String(code)} instead of 0.`)
  tell('left on SIGTERM')
}
