// What the kit adds to an app: each entry point bundled as an app's bundler does it, without the packages that the app has anyway.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, it } from 'vitest'

const folder = new URL('../../client/', import.meta.url)
const { exports } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as {
  readonly exports: Readonly<Record<string, string | { readonly 'aurora-source': string }>>
}
const entries = Object.values(exports).flatMap((target) =>
  typeof target === 'string' ? [] : [target['aurora-source']],
)

async function sizeOf(paths: readonly string[]): Promise<number> {
  const { outputFiles } = await build({
    stdin: {
      contents: paths.map((path) => `export * from '${path}'`).join('\n'),
      resolveDir: folder.pathname,
    },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    packages: 'external',
    write: false,
  })
  return gzipSync(outputFiles[0]?.contents ?? '').length
}

it('all entry points together have less than 6.5 KB', async () => {
  expect(entries.length).toBeGreaterThan(5)
  expect(await sizeOf(entries)).toBeLessThan(6.5 * 1024)
})

it.each(['apollo', 'urql', 'relay'])('%s alone leaves the others out', async (name) => {
  const size = await sizeOf([`./src/${name}.ts`])
  expect(size).toBeLessThan(4.5 * 1024)
})
