// The build runs the gateway once to keep what V8 has compiled of it. Here a program of a few lines stands for the gateway.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getGlobalDispatcher, ProxyAgent, setGlobalDispatcher } from 'undici'
import { afterAll, expect, it } from 'vitest'
import { compileAhead } from '../../build/compile-ahead.ts'

const folder = mkdtempSync(join(tmpdir(), 'compile-ahead-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A file in the place of build/start.ts, whose program runs these lines. It writes its process id beside itself. */
function writeStart(lines: string): string {
  const file = join(folder, 'start.mjs')
  const code = `
    import { writeFileSync } from 'node:fs'
    import { createServer } from 'node:http'
    export const load = () => null
    export const keepCompiled = () => {}
    export function start() {
      writeFileSync(new URL('pid', import.meta.url), String(process.pid))
      ${lines}
    }`
  writeFileSync(file, code)
  return file
}

const answering = (answer: object): string => `
  const server = createServer((_request, response) => response.end('${JSON.stringify(answer)}'))
  server.listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port + '/graphql'))
  process.once('SIGTERM', () => process.exit(0))`

const isRunning = (): boolean => {
  try {
    return process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 0)
  } catch {
    return false
  }
}

it('ends a program that hangs, and the build fails', async () => {
  const start = writeStart('setInterval(() => {}, 1000)')
  await expect(compileAhead(start, 1000)).rejects.toThrow('ended with SIGKILL')
})

it('ends a program that answers with errors, and the build fails', async () => {
  const start = writeStart(answering({ errors: ['no such field'] }))
  await expect(compileAhead(start)).rejects.toThrow('answers ["no such field"]')
  expect(isRunning()).toBe(false)
})

it('sends its query past the proxy of the machine', async () => {
  const before = getGlobalDispatcher()
  setGlobalDispatcher(new ProxyAgent('http://127.0.0.1:9'))
  try {
    await compileAhead(writeStart(answering({ data: {} })))
  } finally {
    setGlobalDispatcher(before)
  }
  expect(isRunning()).toBe(false)
})
