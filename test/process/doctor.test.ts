// `npm run doctor`, built, as its operator runs it: settings from the environment, the result on stdout, and its status.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'

const root = new URL('../..', import.meta.url).pathname

async function run(words: readonly string[], env: Readonly<Record<string, string>>) {
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, ['dist/doctor.js', ...words], {
    cwd: root,
    env: { PATH, STATE_DIR: 'off', PORT: '0', ...env },
  })
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ])
  return { status, stdout, stderr }
}

it('reports by its status whether something is wrong', async () => {
  const [right, wrong, unusable] = await Promise.all([
    run(['--json'], {}),
    run([], { PORT: 'x' }),
    run(['--help'], {}),
  ])
  expect(right).toMatchObject({ status: 0, stderr: '' })
  expect(JSON.parse(right.stdout)).toMatchObject({ isRight: true, calls: 0 })
  expect(wrong).toMatchObject({ status: 1, stderr: '' })
  expect(wrong.stdout).toMatch(/^wrong +settings +PORT must be/m)
  expect(unusable).toMatchObject({ status: 2, stdout: '' })
  expect(unusable.stderr).toContain('--offline')
})
