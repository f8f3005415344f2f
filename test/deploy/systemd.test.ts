// deploy/systemd: settings that there are, secrets as credentials, times that add up; by systemd's own tool where there is one.
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { readConfig } from '../../src/config/read-config.ts'
import { SECRET_FILES } from '../../src/config/secret-files.ts'
import { settings } from '../../src/config/settings.ts'
import { SHUTDOWN_MARGIN_MS } from './shutdown.ts'

const NAME = 'aurora-graphql-gateway.service'
const unit = readFileSync(new URL(`../../deploy/systemd/${NAME}`, import.meta.url), 'utf8')
const lines = unit.split('\n').filter((line) => /^\w+=/.test(line))
const all = (key: string): readonly string[] =>
  lines.filter((line) => line.startsWith(`${key}=`)).map((line) => line.slice(key.length + 1))

const environment = all('Environment').flatMap((line) =>
  line.split(' ').map((pair) => pair.split('=') as [string, string]),
)

/** 10 is a service without any bounds; systemd calls below 2 "OK". */
const MOST_EXPOSURE = 2

it('names settings that there are, gives secrets as files, and keeps what is spent in its own folder', () => {
  const names = [...Object.keys(settings), ...SECRET_FILES]
  expect(environment.filter(([name]) => !names.includes(name))).toEqual([])
  const credentials = all('LoadCredential').map((line) => line.split(':')[0])
  const files = environment.filter(([name]) => name.endsWith('_FILE')).map(([, value]) => value)
  expect(files).toEqual(credentials.map((name) => `%d/${name}`))
  const given = Object.fromEntries(environment.filter(([name]) => !name.endsWith('_FILE')))
  const [folder = ''] = all('StateDirectory')
  const config = readConfig({
    ...given,
    AURORA_TENANT_ID: 'tenant',
    AURORA_API_TOKEN: 'sk_sand_token',
    GATEWAY_KEYS: `app:${'a'.repeat(64)}`,
    STATE_DIRECTORY: `/var/lib/${folder}`,
  })
  expect(config.stateDir).toBe(`/var/lib/${folder}`)
})

it('is killed only after it had time to end in good order, and gets its signal itself', () => {
  const { shutdownNoticeMs, shutdownGraceMs } = readConfig({
    NODE_ENV: 'production',
    AURORA_TENANT_ID: 'tenant',
    AURORA_API_TOKEN: 'sk_sand_token',
  })
  expect(Number(all('TimeoutStopSec')[0]) * 1000).toBeGreaterThan(
    shutdownNoticeMs + shutdownGraceMs + SHUTDOWN_MARGIN_MS,
  )
  expect(all('ExecStart')).toEqual(['/usr/bin/node --v8-pool-size=1 dist/main.js'])
})

it('says that a changed secret needs a restart: systemd copies a credential once, so that a reload reads the old one', () => {
  expect(all('LoadCredential')).not.toEqual([])
  const readme = readFileSync(new URL('../../deploy/README.md', import.meta.url), 'utf8')
  for (const text of [unit, readme]) expect(text).toMatch(/changed secret[^.]*`?systemctl restart/)
  expect(readme).toContain('`kubectl --namespace aurora rollout restart deploy/aurora-graphql-gateway`')
})

/** Made by commands of the page, or by the build. */
const MADE = /^(?:secrets\/\w+|\.\.\/dist)$/

it('names in the commands of its page only files that are there, seen from the folder of the page', () => {
  const page = readFileSync(new URL('../../deploy/README.md', import.meta.url), 'utf8')
  const commands = [...page.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block = '']) => block).join('')
  const copied = commands.split('\n').filter((line) => /(?:^|&& )(?:cp|install) /.test(line))
  // Relative paths: options, modes and absolute paths begin otherwise.
  const files = copied
    .flatMap((line) => line.split(' '))
    .filter((word) => /^(?:\.\.\/)?\w[\w.-]*[./]/.test(word) || word.startsWith('../'))
    .filter((word) => !MADE.test(word))
  expect(files).toContain('systemd/aurora-graphql-gateway.service')
  expect(files.filter((path) => !existsSync(new URL(`../../deploy/${path}`, import.meta.url)))).toEqual([])
})

it('leaves Node what it needs: machine code, the id of the boot, and the file of limits', () => {
  for (const key of ['MemoryDenyWriteExecute', 'ProcSubset']) expect(all(key)).toEqual([])
})

it("has no fault and few exposures by systemd's own tool, where it is installed", async () => {
  const tool = '/usr/bin/systemd-analyze'
  if (!existsSync(tool)) return
  const folder = mkdtempSync(join(tmpdir(), 'systemd-'))
  const path = join(folder, NAME)
  writeFileSync(path, unit.replace('/usr/bin/node', process.execPath))
  const run = promisify(execFile)
  try {
    const verified = await run(tool, ['verify', path])
    expect(verified.stdout + verified.stderr).toBe('')
    const { stdout } = await run(tool, ['security', '--offline=true', '--no-pager', path])
    expect(Number(/exposure level for \S+ (\d+\.\d+)/.exec(stdout)?.[1])).toBeLessThan(MOST_EXPOSURE)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
