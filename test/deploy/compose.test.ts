// deploy/compose.yaml without a container engine: its schema, and that its parts fit each other, the image and the settings.
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readConfig } from '../../src/config/read-config.ts'
import { SECRET_FILES } from '../../src/config/secret-files.ts'
import { settings } from '../../src/config/settings.ts'
import { SHUTDOWN_MARGIN_MS } from './shutdown.ts'

interface Service {
  readonly image?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly secrets?: readonly string[]
  readonly networks?: readonly string[]
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly stop_grace_period?: string
  readonly command?: readonly string[]
  readonly read_only?: boolean
  readonly mem_limit?: string
  readonly depends_on?: unknown
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>
  readonly secrets: Readonly<Record<string, unknown>>
  readonly volumes: Readonly<Record<string, unknown>>
}

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const { services, networks, secrets, volumes } = parse(read('deploy/compose.yaml'), {
  merge: true,
}) as Compose
const folder = mkdtempSync(join(tmpdir(), 'compose-'))
afterAll(() => rmSync(folder, { recursive: true }))

const gateways = ['gateway-1', 'gateway-2']
const environment = services['gateway-1']?.environment ?? {}

/** As the engine fills the variables in. */
const filled = (text: string): string =>
  text.replace(/\$\{(\w+):(-|\?)([^}]*)\}/g, (_, name: string, form, value: string) =>
    form === '-' ? value : `value-of-${name.toLowerCase().replaceAll('_', '-')}`,
  )

describe('deploy/compose.yaml', () => {
  it('is what the Compose Specification allows', () => {
    const { $schema, ...schema } = JSON.parse(
      read('node_modules/dclint/schemas/compose.schema.json'),
    ) as object & {
      $schema: string
    }
    expect($schema).toContain('draft-07')
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema)
    const file = parse(read('deploy/compose.yaml'), { merge: true }) as Compose
    expect([validate(file), validate.errors]).toEqual([true, null])
    expect(validate({ services: { one: { imagee: 'x' } } })).toBe(false)
  })

  it('names settings that there are, with values that a gateway starts with in production', () => {
    const names = [...Object.keys(settings), ...SECRET_FILES]
    expect(Object.keys(environment).filter((name) => !names.includes(name))).toEqual([])
    const texts: Readonly<Record<string, string>> = {
      aurora_api_token: 'sk_sand_token',
      gateway_keys: `app:${'a'.repeat(64)}`,
      redis_url: 'redis://:password@redis:6379',
    }
    const mounted = Object.entries(environment).map(([name, value]) => {
      const secret = /^\/run\/secrets\/(\w+)$/.exec(value)?.[1]
      if (secret === undefined) return [name, filled(value)] as const
      expect(services['gateway-1']?.secrets).toContain(secret)
      writeFileSync(join(folder, secret), texts[secret] ?? '')
      return [name, join(folder, secret)] as const
    })
    const image = Object.fromEntries(
      [...(/^ENV (.*)$/m.exec(read('Dockerfile'))?.[1]?.matchAll(/(\w+)=(\S+)/g) ?? [])].map(
        ([, name, value]) => [name, value],
      ),
    ) as Record<string, string>
    const config = readConfig({ HOME: '/home/node', ...image, ...Object.fromEntries(mounted) })
    expect(config).toMatchObject({ isProduction: true, port: 4000, metrics: { port: 9464, host: '0.0.0.0' } })
    expect(config.redis).toMatchObject({ maxReplicas: gateways.length })
  })

  it('kills a gateway only after it had time to end in good order', () => {
    const { shutdownNoticeMs, shutdownGraceMs } = {
      shutdownNoticeMs: Number(settings.SHUTDOWN_NOTICE_MS.inProduction),
      shutdownGraceMs: Number(settings.SHUTDOWN_GRACE_MS.default),
    }
    for (const name of gateways) {
      const seconds = Number(/^(\d+)s$/.exec(services[name]?.stop_grace_period ?? '')?.[1])
      expect(seconds * 1000).toBeGreaterThan(shutdownNoticeMs + shutdownGraceMs + SHUTDOWN_MARGIN_MS)
    }
  })

  it('keeps what is spent on a volume of each gateway, and nothing else can be written', () => {
    for (const name of gateways) expect(services[name]).toMatchObject({ read_only: true })
    const folders = gateways.map((name) => services[name]?.volumes?.[0])
    expect(folders).toEqual(['state-1:/home/node', 'state-2:/home/node'])
  })

  it('lets nobody but nginx and Grafana be reached, on loopback, and Redis reach nothing', () => {
    const published = Object.entries(services).flatMap(([name, { ports = [] }]) =>
      ports.map((port) => [name, filled(port)]),
    )
    expect(published).toEqual([
      ['nginx', '127.0.0.1:8080:8080'],
      ['grafana', '127.0.0.1:3000:3000'],
    ])
    expect(networks['shared']).toEqual({ internal: true })
    expect(services['redis']?.networks).toEqual(['shared'])
  })

  it('has a Redis that never refuses a write because it is full', () => {
    const command = services['redis']?.command?.join(' ') ?? ''
    expect(command).toMatch(/--maxmemory \d+mb --maxmemory-policy volatile-lru/)
    expect(command).toContain("--save '' --appendonly no")
  })

  it('contains every secret, network and volume that it uses, and none that it does not', () => {
    const all = Object.values(services)
    const used = (names: (service: Service) => readonly string[]): string[] =>
      [...new Set(all.flatMap(names))].toSorted()
    expect(used(({ secrets: names = [] }) => names)).toEqual(Object.keys(secrets).toSorted())
    expect(used(({ networks: names = [] }) => names)).toEqual(Object.keys(networks).toSorted())
    const mounted = used(({ volumes: names = [] }) => names.map((text) => text.split(':')[0] ?? ''))
    expect(mounted.filter((name) => !name.startsWith('.'))).toEqual(Object.keys(volumes).toSorted())
    const paths = mounted.filter((name) => name.startsWith('.'))
    expect(paths.filter((path) => !existsSync(new URL(`deploy/${path}`, root)))).toEqual([])
  })

  it('is told to nginx and Prometheus as it is', () => {
    const upstream = [...read('deploy/nginx/gateway.conf').matchAll(/^ {2}server (\S+?)(?: [^;]*)?;/gm)]
    expect(upstream.map(([, at]) => at)).toEqual(gateways.map((name) => `${name}:4000`))
    const prometheus = parse(read('deploy/prometheus/prometheus.yml')) as {
      scrape_configs: { static_configs: { targets: string[] }[] }[]
    }
    expect(prometheus.scrape_configs[0]?.static_configs[0]?.targets).toEqual(
      gateways.map((name) => `${name}:${environment['METRICS_PORT']}`),
    )
  })

  it('starts nginx again with its gateways, as it looks up their addresses once, and promises no more than that', () => {
    const again = { condition: 'service_healthy', restart: true }
    expect(services['nginx']?.depends_on).toEqual({ 'gateway-1': again, 'gateway-2': again })
    expect(read('deploy/nginx/gateway.conf')).not.toMatch(/\bresolve(r?)\b/)
    const readme = read('deploy/README.md')
    expect(readme).not.toContain('without a lost request')
    expect(readme).toMatch(/deploys a new release: .*nginx after them.* refused, and streams end/)
  })

  it('has secrets that the users of the containers can read, whatever files the shell makes else', () => {
    const written = /^cd deploy\n([^]*?)^echo "AURORA_TENANT_ID/m.exec(read('deploy/README.md'))?.[1] ?? ''
    const cwd = join(folder, 'readme')
    mkdirSync(cwd)
    const done = spawnSync('sh', ['-ec', `umask 077; openssl() { echo ab12; }\n${written}`], {
      cwd,
      env: { PATH: process.env['PATH'], AURORA_API_TOKEN: 'token' },
      encoding: 'utf8',
    })
    expect([done.status, done.stderr, done.stdout]).toEqual([0, '', 'key of the app: ab12\n'])
    const made = readdirSync(join(cwd, 'secrets')).toSorted()
    expect(made).toEqual(Object.keys(secrets).toSorted())
    const modes = made.map((name) => (statSync(join(cwd, 'secrets', name)).mode & 0o777).toString(8))
    expect(modes).toEqual(made.map(() => '644'))
    expect(readFileSync(join(cwd, 'secrets', 'gateway_keys'), 'utf8')).toMatch(/^app:[0-9a-f]{64}$/)
  })

  it('has images of a release, and a bound of memory for what Aurora or clients can make grow', () => {
    const images = Object.values(services).flatMap(({ image = '' }) =>
      image === 'aurora-graphql-gateway' ? [] : [image],
    )
    expect(images.filter((image) => !/:v?\d+\.\d+/.test(image))).toEqual([])
    expect([...gateways, 'redis'].filter((name) => services[name]?.mem_limit === undefined)).toEqual([])
  })
})
