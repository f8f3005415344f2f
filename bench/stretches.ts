// How long one request holds the event loop at the most: `npm run bench:stretches [-- part of a name]`. Hostile and huge requests,
// and answers of Aurora, each alone on the built program. The figure is time on the processor between two turns.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { endPrograms, startProgram } from '../test/support/program.ts'
import type { Program } from '../test/support/program.ts'
import { printNumber, printTable } from './figures.ts'
import { INPUTS } from './stretch-inputs.ts'
import type { Input } from './stretch-inputs.ts'
import { readFileSync } from 'node:fs'

const ROUNDS = 4

async function openAurora() {
  let input: Input | null = null
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '', 'http://aurora.test').pathname.replace(
      /^\/(tenants\/[^/]+|v\d+)/,
      '',
    )
    const body = input?.aurora?.[path]
    request.resume().on('end', () => {
      response.writeHead(body === undefined ? 404 : 200, {
        'content-type': input?.auroraType ?? 'application/json',
      })
      response.end(body ?? '{"errors":[]}')
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    show: (next: Input) => void (input = next),
    close: () => (server.closeAllConnections(), server.close()),
  }
}

interface Stretch {
  readonly ms: number
  readonly stack: readonly string[]
}

const stretchesOf = (program: Program): Stretch[] =>
  [...program.stderr().matchAll(/^STRETCH (.*)$/gm)].map(([, text = '']) => JSON.parse(text) as Stretch)

async function watch(program: Program, work: () => Promise<unknown>): Promise<Stretch> {
  const before = stretchesOf(program).length
  program.child.kill('SIGUSR2')
  await new Promise((resolve) => setTimeout(resolve, 50))
  await work()
  program.child.kill('SIGUSR2')
  for (;;) {
    const stretch = stretchesOf(program)[before]
    if (stretch) return stretch
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function measure(program: Program, url: string, input: Input): Promise<readonly string[]> {
  const stretches: Stretch[] = []
  let status = ''
  let bytes = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const { body, path = '/graphql', headers } = input.request(round)
    const stretch = await watch(program, async () => {
      const answer = await fetch(url + path, {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          'content-type': 'application/json',
          'accept-encoding': 'identity',
          connection: 'close',
          ...headers,
        },
        ...(body !== undefined && { body: new Blob([new Uint8Array(Buffer.from(body))]) }),
      }).catch((error: unknown) => error as Error)
      if (answer instanceof Error) return void (status = answer.message)
      const text = await answer.text()
      bytes = text.length
      status = `${answer.status}${text.includes('"errors"') ? ` ${/"code":"(\w+)"/.exec(text)?.[1] ?? 'errors'}` : ''}`
    })
    stretches.push(stretch)
  }
  const [first, ...others] = stretches
  const worst = others.toSorted((left, right) => right.ms - left.ms)[0]
  console.error(
    `${(worst?.ms ?? 0).toFixed(0).padStart(5)} ms  ${input.name}: ${status}, ${bytes} chars (first ${first?.ms.toFixed(0)})${(worst?.ms ?? 0) > 25 ? `\n          ${worst?.stack.slice(-9).join(' > ')}` : ''}`,
  )
  return [
    input.name,
    status,
    printNumber(bytes / 1024),
    printNumber(first?.ms ?? Number.NaN),
    printNumber(worst?.ms ?? Number.NaN),
  ]
}

const aurora = await openAurora()
const program = startProgram(
  {
    AURORA_BASE_URL: aurora.url,
    AURORA_TENANT_ID: 'tenant',
    AURORA_API_TOKEN: 'token-of-the-benchmark',
    AURORA_RATE_LIMIT: '100000',
    CALLER_AUTH: 'none',
    ACCESS_LOG: 'off',
    LOG_LEVEL: 'fatal',
    WARM_UP: 'off',
  },
  readFileSync(new URL('stretch-watch.js', import.meta.url), 'utf8'),
)
try {
  const url = await program.listening
  const rows: (readonly string[])[] = []
  for (const input of INPUTS) {
    if (!input.name.includes(process.argv[2] ?? '')) continue
    aurora.show(input)
    rows.push(await measure(program, url, input))
  }
  console.log(printTable(['input', 'answer', 'KB', 'first ms', 'longest ms of three others'], rows))
} finally {
  endPrograms()
  aurora.close()
}
