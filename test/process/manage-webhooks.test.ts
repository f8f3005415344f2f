// `npm run webhooks`, built, as its operator runs it: settings from the environment, the result on stdout, and its status.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { createSimulator, DEFAULT_TENANT_ID, DEFAULT_TOKEN } from '../../src/simulator/simulator.ts'

const root = new URL('../..', import.meta.url).pathname
const SECRET = 'canary-of-a-webhook-secret'
const UNSHARED = expect.stringMatching(/^Neither Redis nor STATE_DIR:.*AURORA_RATE_LIMIT.*\n$/) as string

it('subscribes the gateway, and reports by its status whether the subscriptions are right', async () => {
  await using simulator = createSimulator({ projectCount: 3 })
  const { url } = await simulator.listen()
  async function run(...words: readonly string[]) {
    const { PATH = '' } = process.env
    const env = {
      PATH,
      STATE_DIR: 'off',
      AURORA_BASE_URL: url,
      AURORA_TENANT_ID: DEFAULT_TENANT_ID,
      AURORA_API_TOKEN: DEFAULT_TOKEN,
      WEBHOOK_KEYS: SECRET,
    }
    const child = spawn(process.execPath, ['dist/manage-webhooks.js', ...words], { cwd: root, env })
    const [stdout, stderr, [status]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number]>,
    ])
    expect(stdout + stderr).not.toContain(SECRET)
    return { status, stdout, stderr }
  }
  const words = ['--url', 'https://gw.example.com', '--events', 'project_changed,order_created']

  const missing = await run('status', ...words)
  expect(missing).toMatchObject({ status: 1, stderr: UNSHARED })
  expect(missing.stdout).toMatch(/^project_changed +missing/m)
  expect((await run('plan', ...words)).status).toBe(0)
  const applied = await run('apply', ...words, '--json')
  expect(applied.status).toBe(0)
  expect(JSON.parse(applied.stdout)).toMatchObject({
    isRight: true,
    tenants: [{ others: 5, subscriptions: [{ state: 'created' }, { state: 'created' }] }],
  })
  expect(applied.stderr).toContain('create project_changed')
  expect(await run('status', ...words)).toMatchObject({ status: 0, stderr: UNSHARED })
  expect(await run('apply', '--url', 'http://gw.example.com')).toMatchObject({ status: 2, stdout: '' })
})
