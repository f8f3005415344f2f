// How long an honest caller waits beside each attack: `npm run bench:floods [-- part of a name] [--seconds 8]`. The attacker and
// the honest caller are processes of their own, with addresses of their own.
import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import {
  ATTACKED_ENV,
  ATTACKS,
  FURTHER_ATTACKS,
  HONEST_KEY,
  LARGE_QUERY,
  openAttack,
} from '../test/support/attacks.ts'
import { endPrograms, startProgram } from '../test/support/program.ts'
import { printNumber, printTable, quantile } from './figures.ts'

const ALL = [...ATTACKS, ...FURTHER_ATTACKS]
const HONEST_ADDRESS = '127.0.0.2'
/**
 * Of the server's time on the processor, so that the honest caller takes the same share of it on a machine with other work.
 * Each request comes on a connection of its own, whether or not those before it were answered.
 */
const ASK_EACH_CPU_MS = 50
/** Also where the server does nothing, a request is sent after this time. */
const ASK_AT_LEAST_EACH_MS = 500
const LOOK_EACH_MS = 5
const PATIENCE_MS = 8_000

interface Sample {
  readonly status: number | null
  readonly wallMs: number
  /** How long the server's main thread has worked from the first byte of the request to the last one of the answer. */
  readonly cpuMs: number
}

/** On the processor, of the main thread. */
const cpuMsOf = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6
const rssMbOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024

function askOnce(port: number, query: string): Promise<number | null> {
  return new Promise((resolve) => {
    const asking = request(
      {
        port,
        host: '127.0.0.1',
        localAddress: HONEST_ADDRESS,
        path: '/graphql',
        method: 'POST',
        agent: false,
        timeout: PATIENCE_MS,
        headers: { 'content-type': 'application/json', 'x-api-key': HONEST_KEY, 'accept-encoding': 'gzip' },
      },
      (answer) =>
        answer
          .resume()
          .on('end', () => resolve(answer.statusCode ?? null))
          .on('error', () => resolve(null)),
    )
    asking.on('error', () => resolve(null)).on('timeout', () => asking.destroy())
    asking.end(JSON.stringify({ query }))
  })
}

/** Each second one is answered from memory; the others are executed and compressed. */
const queryOf = (number: number): string =>
  number % 2 === 0
    ? '{ tenant { name } }'
    : `# ${number}\n{ projects(first: 20) { nodes { id name createdAt } } }`

async function sample(port: number, pid: number, number: number): Promise<Sample> {
  const [beganAtMs, cpuMs] = [performance.now(), cpuMsOf(pid)]
  const status = await askOnce(port, queryOf(number))
  return { status, wallMs: performance.now() - beganAtMs, cpuMs: cpuMsOf(pid) - cpuMs }
}

/** The part of the honest caller. */
async function askAgainAndAgain(port: number, pid: number, seconds: number): Promise<void> {
  const samples: Promise<Sample>[] = []
  const endsAtMs = performance.now() + seconds * 1000
  while (performance.now() < endsAtMs) {
    samples.push(sample(port, pid, samples.length))
    const [askedAtMs, cpuMs] = [performance.now(), cpuMsOf(pid)]
    while (cpuMsOf(pid) - cpuMs < ASK_EACH_CPU_MS && performance.now() - askedAtMs < ASK_AT_LEAST_EACH_MS)
      await delay(LOOK_EACH_MS)
  }
  process.send?.(await Promise.all(samples))
}

const forkPart = (...words: readonly string[]) =>
  fork(new URL(import.meta.url), [...words], { execArgv: process.execArgv })

async function measure(name: string, seconds: number): Promise<readonly string[]> {
  const program = startProgram(ATTACKED_ENV)
  const port = Number(new URL(await program.listening).port)
  const pid = program.child.pid ?? 0
  for (const query of [LARGE_QUERY, '{ tenant { name } }']) await askOnce(port, query)
  const attacker = name === NOBODY ? null : forkPart('--attack', name, '--port', String(port))
  // Both start together, because many connections at once are the hardest moment.
  const honest = forkPart(
    '--honest',
    '--port',
    String(port),
    '--pid',
    String(pid),
    '--seconds',
    String(seconds),
  )
  const samples = await new Promise<readonly Sample[]>((resolve) => honest.once('message', resolve))
  const rssMb = rssMbOf(pid)
  attacker?.kill('SIGKILL')
  honest.disconnect()
  await delay(300)
  const isAlive = program.child.exitCode === null
  endPrograms()
  const good = samples.filter(({ status }) => status === 200)
  const of = (pick: (one: Sample) => number, share: number): string =>
    printNumber(quantile(good.map(pick), share))
  return [
    name,
    `${good.length} of ${samples.length}`,
    of(({ wallMs }) => wallMs, 0.5),
    of(({ wallMs }) => wallMs, 0.99),
    of(({ cpuMs }) => cpuMs, 0.5),
    of(({ cpuMs }) => cpuMs, 0.99),
    isAlive ? printNumber(rssMb) : 'ended',
  ]
}

const NOBODY = 'no attack'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    attack: { type: 'string' },
    honest: { type: 'boolean' },
    port: { type: 'string', default: '' },
    pid: { type: 'string', default: '' },
    seconds: { type: 'string', default: '8' },
  },
})
const port = Number(values.port)
const attack = ALL.find(({ name }) => name === values.attack)
if (attack) openAttack(attack, { port, isLasting: true })
else if (values.honest) await askAgainAndAgain(port, Number(values.pid), Number(values.seconds))
else {
  const rows: (readonly string[])[] = []
  for (const name of [NOBODY, ...ALL.map((each) => each.name)]) {
    if (!name.includes(positionals[0] ?? '')) continue
    rows.push(await measure(name, Number(values.seconds)))
    console.error(rows.at(-1)?.join(' | '))
  }
  console.log(
    printTable(
      [
        'attack',
        'answered',
        'p50 ms',
        'p99 ms',
        "p50 of the server's CPU ms",
        "p99 of the server's CPU ms",
        'MB',
      ],
      rows,
    ),
  )
}
