// The log on a real stdout: its lines contain no secrets, and a log that fails does not end the program.
import { spawn, spawnSync } from 'node:child_process'
import { constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { freePort } from '../support/free-port.ts'

const scrubberModule = new URL('../../src/telemetry/scrubber.ts', import.meta.url).href
const clockModule = new URL('../../src/clock.ts', import.meta.url).href
const stdoutModule = new URL('../../src/telemetry/stdout.ts', import.meta.url).href
const logModule = new URL('../../src/telemetry/log.ts', import.meta.url).href

interface Written {
  readonly lines: readonly Record<string, unknown>[]
  readonly text: string
  readonly code: number | null
  readonly complaints: string
}

/** Runs `script` with a `log` in a process of its own. */
async function write(level: string, script: string, stdout: 'pipe' | number = 'pipe'): Promise<Written> {
  const source = `import { createLog } from '${logModule}'\nimport { createSystemClock } from '${clockModule}'\nimport { openStdout } from '${stdoutModule}'\nimport { createScrubber } from '${scrubberModule}'\nconst { write } = openStdout(createSystemClock())\nconst log = createLog({ level: '${level}', scrub: createScrubber().scrub, write })\n${script}`
  const args = ['--import', 'tsx', '--input-type=module', '-e', source]
  const child = spawn(process.execPath, args, { stdio: ['ignore', stdout, 'pipe'] })
  let text = ''
  let complaints = ''
  child.stdout?.on('data', (chunk) => (text += String(chunk)))
  child.stderr?.on('data', (chunk) => (complaints += String(chunk)))
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  const lines = text.split('\n').filter(Boolean)
  return { lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>), text, code, complaints }
}

describe('the log', () => {
  it('is one JSON line per event, with its time, level and sentence', async () => {
    const { lines } = await write(
      'info',
      `log.info({ port: 1 }, 'a sentence'); log.warn({}, 'b'); log.error({}, 'c')`,
    )
    expect(lines).toEqual([
      { level: 'info', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/), port: 1, msg: 'a sentence' },
      { level: 'warn', time: expect.any(String), msg: 'b' },
      { level: 'error', time: expect.any(String), msg: 'c' },
    ])
  })

  it('contains no secret, however deeply it was nested', async () => {
    const { text, lines } = await write(
      'info',
      `
      const request = { headers: { authorization: 'canary-1', 'X-Api-Key': 'canary-2', accept: 'shown' } }
      const err = Object.assign(new Error('failed'), { request, token: 'canary-3' })
      const config = { aurora: { credential: { kind: 'bearer', token: 'canary-4' } }, gatewayKeys: ['canary-5'] }
      log.error({ err, config, password: 'canary-6', cookie: 'canary-7', AURORA_API_SECRET: 'canary-8' }, 'x')
      `,
    )
    expect(text).not.toContain('canary')
    expect(lines[0]).toMatchObject({ err: { type: 'Error', message: 'failed' } })
  })

  it.each([
    ['process.exit', `process.exit(7)`, 7],
    ['an error that no code caught', `throw new Error('crash')`, 1],
    ['its natural end', ``, 0],
  ])('F27 has every line, in order, also the last before %s', async (_name, end, code) => {
    const written = await write(
      'info',
      `for (let turn = 0; turn < 5000; turn++) log.info({ turn }, 'a')\n${end}`,
    )
    expect(written.lines.map(({ turn }) => turn)).toEqual(Array.from({ length: 5000 }, (_, turn) => turn))
    expect(written.code).toBe(code)
  })

  it('F27 ends also where nobody reads it', async () => {
    const script = `for (let turn = 0; turn < 5000; turn++) log.info({ turn }, 'a')\nprocess.exit(7)`
    expect((await write('info', script, openFullPipe())).code).toBe(7)
  })

  it('leaves out what is below its level', async () => {
    const script = `log.info({}, 'a'); log.warn({}, 'b'); log.error({}, 'c'); createLog({ level: 'silent', scrub: String, write }).error({}, 'd')`
    expect((await write('error', script)).lines).toMatchObject([{ msg: 'c' }])
  })

  it.skipIf(process.platform !== 'linux')('F26 a full disk loses lines and nothing else', async () => {
    const script = `for (let turn = 0; turn < 3; turn++) log.info({}, 'a'); setTimeout(() => process.exit(7), 50)`
    const { code, complaints } = await write('info', script, openSync('/dev/full', 'w'))
    expect([code, complaints]).toEqual([7, ''])
  })

  it.skipIf(process.platform !== 'linux').each([
    ['a full disk', () => openSync('/dev/full', 'w')],
    ['a full pipe that nobody reads', openFullPipe],
  ])(
    'F26 with %s behind it the gateway goes on serving, and ends',
    async (_name, open) => {
      const port = await freePort()
      const child = spawn(process.execPath, ['dist/main.js'], {
        cwd: new URL('../..', import.meta.url).pathname,
        env: { PATH: process.env['PATH'] ?? '', PORT: String(port), ACCESS_LOG: 'on', LOG_LEVEL: 'debug' },
        stdio: ['ignore', open(), 'ignore'],
      })
      const exited = new Promise<number | null>((resolve) => child.on('close', resolve))
      try {
        const url = `http://127.0.0.1:${port}`
        const isReady = () =>
          fetch(`${url}/ready`).then(
            ({ ok }) => ok,
            () => false,
          )
        await expect.poll(isReady).toBe(true)
        for (let turn = 0; turn < 3; turn += 1) {
          const answer = await fetch(`${url}/graphql`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: '{"query":"{ tenant { name } }"}',
          })
          expect(await answer.json()).not.toHaveProperty('errors')
        }
      } finally {
        child.kill('SIGTERM')
      }
      expect(await exited).toBe(0)
    },
    40_000,
  )
})

/** A pipe into which nothing fits any more. Its reader is this process, which reads nothing. */
function openFullPipe(): number {
  const folder = mkdtempSync(join(tmpdir(), 'pipe-'))
  const path = join(folder, 'full')
  spawnSync('mkfifo', [path])
  const reader = openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
  const writer = openSync(path, 'w')
  rmSync(folder, { recursive: true })
  for (const size of [4096, 1])
    try {
      while (writeSync(reader, 'x'.repeat(size)) > 0);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
    }
  return writer
}
