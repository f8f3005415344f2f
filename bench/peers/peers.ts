// The table of peers: how each is started, which documents it gets, and which package it is.
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { expectProjects } from './dialects.ts'
import type { DialectName } from './dialects.ts'
import { PROGRAM } from '../program.ts'

export interface Launch {
  readonly words: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
}

export interface Place {
  readonly port: number
  /** Of the fake Aurora, with the tenant. */
  readonly auroraUrl: string
  /** A new folder for this process alone. */
  readonly folder: string
  /** The checkout whose `dist` is started, where the peer is this gateway. */
  readonly root: string
}

export interface Peer {
  readonly label: string
  readonly dialect: DialectName
  readonly path: string
  /** The folder beside this file that has to be installed, and the package whose version is shown. */
  readonly needs?: { readonly folder: string; readonly package: string }
  readonly headers?: Readonly<Record<string, string>>
  /** Null where it cannot run on this machine. */
  launch(place: Place): Launch | null
}

const here = import.meta.dirname
export const repositoryRoot = join(here, '../..')
const BENCH_KEY = 'bench'
/** More than any load sends, so that the budget never refuses where the limit is not what is measured. */
const NO_LIMIT = '1000000'
/** A tenth of Aurora's minute, so that six windows pass in 36 s. */
export const SHORT_WINDOW_MS = 6000
export const AURORA_LIMIT = 90

const runNode =
  (folder: string, file: string, env: Record<string, string> = {}) =>
  ({ port, auroraUrl }: Place): Launch => ({
    words: [process.execPath, file],
    env: { NODE_ENV: 'production', PORT: String(port), AURORA_URL: auroraUrl, ...env },
    cwd: join(here, folder),
  })

const apollo = (label: string, mode: string): Peer => ({
  label,
  dialect: 'plain',
  path: '/',
  needs: { folder: 'apollo', package: '@apollo/server' },
  launch: runNode('apollo', 'server.mjs', { MODE: mode }),
})

const yoga = (label: string, mode: string, named = 'graphql-yoga'): Peer => ({
  label,
  dialect: 'plain',
  path: '/graphql',
  needs: { folder: 'yoga', package: named },
  launch: runNode('yoga', 'server.mjs', { MODE: mode }),
})

const hive = (label: string, mode: string): Peer => ({
  label,
  dialect: 'hive',
  path: '/graphql',
  needs: { folder: 'hive', package: '@graphql-hive/gateway' },
  launch: (place) => {
    const launch = runNode('hive', 'node_modules/@graphql-hive/gateway/dist/bin.js', { MODE: mode })(place)
    return { ...launch, words: [...launch.words, 'supergraph', '-c', 'gateway.mjs'] }
  },
})

const tailcall = (label: string, cache: '@cache(maxAge: 3600000)' | ''): Peer => ({
  label,
  dialect: 'tailcall',
  path: '/graphql',
  needs: { folder: 'tailcall', package: '@tailcallhq/core-linux-x64-gnu' },
  launch: (place) => {
    const binary = findTailcall()
    return (
      binary && {
        words: [...binary, 'start', writeTailcallFiles(place, cache)],
        env: TAILCALL_ENV,
        cwd: place.folder,
      }
    )
  },
})

const TAILCALL_ENV = { TAILCALL_LOG_LEVEL: 'error', TAILCALL_TRACKER: 'false' }

/** Its binary needs glibc 2.39: on an older system, TAILCALL_LIBC names a folder into which a newer one was unpacked. */
function findTailcall(): readonly string[] | null {
  const binary = join(here, 'tailcall/node_modules/@tailcallhq/core-linux-x64-gnu/bin/tailcall')
  if (!existsSync(binary)) return null
  chmodSync(binary, 0o755)
  const { TAILCALL_LIBC: libc } = process.env
  const words = libc ? [join(libc, 'ld-linux-x86-64.so.2'), '--library-path', libc, binary] : [binary]
  const [program = '', ...rest] = words
  return spawnSync(program, [...rest, '--version'], { env: TAILCALL_ENV }).status === 0 ? words : null
}

function writeTailcallFiles({ port, auroraUrl, folder }: Place, cache: string): string {
  const schema = readFileSync(join(here, 'tailcall/schema.graphql'), 'utf8')
  const schemaFile = join(folder, 'schema.graphql')
  const configFile = join(folder, 'config.yml')
  writeFileSync(schemaFile, schema.replaceAll('AURORA_URL', auroraUrl).replaceAll('@CACHE', cache))
  const config = {
    server: { hostname: '127.0.0.1', port, showcase: false, workers: 1 },
    upstream: { httpCache: 0, connectTimeout: 10, timeout: 30, poolMaxIdlePerHost: 200 },
    links: [{ src: schemaFile, type: 'Config' }],
  }
  // JSON is YAML.
  writeFileSync(configFile, JSON.stringify(config))
  return configFile
}

const ours = (
  label: string,
  env: Record<string, string> = {},
  headers: Record<string, string> = {},
): Peer => ({
  label,
  dialect: 'ours',
  path: '/graphql',
  headers,
  launch: ({ port, auroraUrl, folder, root }) => ({
    words: [process.execPath, ...PROGRAM],
    env: {
      NODE_ENV: 'development',
      PORT: String(port),
      HOST: '127.0.0.1',
      AURORA_BASE_URL: new URL(auroraUrl).origin,
      AURORA_TENANT_ID: auroraUrl.slice(auroraUrl.lastIndexOf('/') + 1),
      AURORA_API_TOKEN: 'sk_prod_bench',
      AURORA_RATE_LIMIT: NO_LIMIT,
      CALLER_AUTH: 'none',
      LOG_LEVEL: 'warn',
      STATE_DIR: folder,
      ...env,
    },
    cwd: root,
  }),
})

const KEYS = {
  NODE_ENV: 'production',
  CALLER_AUTH: 'keys',
  CALLER_RATE_LIMIT: '0',
  GATEWAY_KEYS: `bench:${createHash('sha256').update(BENCH_KEY).digest('hex')}`,
}

export const PEERS: Readonly<Record<string, Peer>> = {
  bare: {
    label: 'bare node:http, same bytes',
    dialect: 'plain',
    path: '/',
    launch: (place) => {
      const file = join(place.folder, 'answer.json')
      writeFileSync(file, JSON.stringify({ data: { projects: expectProjects({ kind: 'screen' }) } }))
      return runNode('node-http', 'server.mjs', { ANSWER_FILE: file })(place)
    },
  },
  'calls-alone': {
    label: "the calls alone, by undici's dispatch",
    dialect: 'plain',
    path: '/',
    launch: runNode('node-http', 'screen.mjs'),
  },
  'apollo-cached': apollo('Apollo Server + response cache', 'cached'),
  'apollo-plain': apollo('Apollo Server', 'plain'),
  'hive-cached': hive('Hive Gateway + response cache', 'cached'),
  'hive-plain': hive('Hive Gateway', 'plain'),
  'yoga-cached': yoga('Yoga + DataLoader + response cache', 'cached'),
  'yoga-dataloader': yoga('Yoga + DataLoader', 'dataloader'),
  'yoga-map': yoga('Yoga + DataLoader over a map', 'map'),
  'yoga-naive': yoga('Yoga, global fetch per field', 'naive'),
  'jit-map': yoga('graphql-jit, node:http, a map', 'jit-map', 'graphql-jit'),
  'tailcall-cached': tailcall('Tailcall @cache', '@cache(maxAge: 3600000)'),
  'tailcall-plain': tailcall('Tailcall', ''),
  ours: ours('this gateway'),
  'ours-keys': ours('this gateway, callers with keys', KEYS, { 'x-api-key': BENCH_KEY }),
  'ours-executed': ours('this gateway, executed each time', { ANSWERS_MAX_MB: '0' }),
  'ours-cold': ours('this gateway, Cache-Control: no-cache', {}, { 'cache-control': 'no-cache' }),
  'ours-limited': ours('this gateway', {
    AURORA_RATE_LIMIT: String(AURORA_LIMIT),
    AURORA_RATE_WINDOW_MS: String(SHORT_WINDOW_MS),
  }),
}

export const isOurs = (peer: string): boolean => peer.startsWith('ours')

/** Installs what a peer needs, into a folder of its own, if it is not there; false if that is not possible here. */
export function install({ needs }: Peer): boolean {
  if (!needs) return true
  const folder = join(here, needs.folder)
  if (existsSync(join(folder, 'node_modules', needs.package))) return true
  console.log(`installing ${needs.package} into ${needs.folder}/`)
  const words = ['install', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund']
  return spawnSync('npm', words, { cwd: folder, stdio: 'inherit' }).status === 0
}

export function readVersion({ needs }: Peer, root: string): string {
  const folder = needs ? join(here, needs.folder, 'node_modules', needs.package) : root
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const { version } = manifest as { readonly version: string }
  return version.replace(/^v/, '')
}

/** Megabytes that a peer runs with: its packages, or the bundle of this gateway; null where it has none. */
export function measureInstalledMb(name: string, peer: Peer, root: string): number | null {
  if (isOurs(name)) return sizeOf(join(root, 'dist')) / 1e6
  return peer.needs ? sizeOf(join(here, peer.needs.folder, 'node_modules')) / 1e6 : null
}

function sizeOf(folder: string): number {
  let bytes = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) bytes += sizeOf(path)
    else if (entry.isFile()) bytes += statSync(path).size
  }
  return bytes
}
