// npm run build --workspace client: makes client/dist a package that can be packed, after tsc has written its modules there.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'

/**
 * An app has one of them. They are not in the manifest of the workspace, because `npm ci --omit=dev` of the gateway would then
 * install them.
 */
const PEERS = { '@apollo/client': '^4.0.0', '@urql/core': '^6.0.0', 'relay-runtime': '>=18.0.0' }

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>
}

const at = (path: string): URL => new URL(path, import.meta.url)
const {
  exports,
  scripts: _,
  ...manifest
} = JSON.parse(readFileSync(at('package.json'), 'utf8')) as Manifest & { readonly scripts: object }

writeFileSync(
  at('dist/package.json'),
  JSON.stringify(
    {
      ...manifest,
      exports: Object.fromEntries(
        Object.entries(exports).map(([name, target]) => [
          name,
          (typeof target === 'string' ? target : target.default).replace('./dist/', './'),
        ]),
      ),
      peerDependencies: PEERS,
      peerDependenciesMeta: Object.fromEntries(Object.keys(PEERS).map((name) => [name, { optional: true }])),
    },
    null,
    2,
  ),
)
for (const [from, to] of [
  ['../schema/schema.graphql', 'schema.graphql'],
  ['../LICENSE', 'LICENSE'],
  ['README.md', 'README.md'],
] as const)
  copyFileSync(at(from), at(`dist/${to}`))
