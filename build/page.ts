// Builds the page of the query editor into dist/graphiql: files whose names change with what is in them, also compressed. What
// is up to date is left as it is.
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import type { BuildOptions, BuildResult } from 'esbuild'
import { isStarted } from './is-started.ts'
import { noticesOf } from './notices.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Within the folder of the program. */
export const PAGE_FOLDER = 'graphiql'

const OPTIONS = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  legalComments: 'none',
  define: { 'process.env.NODE_ENV': '"production"' },
  entryNames: '[name]-[hash]',
  chunkNames: 'part-[hash]',
  assetNames: '[name]-[hash]',
  loader: { '.ttf': 'file' },
  splitting: true,
  metafile: true,
  write: false,
} as const satisfies BuildOptions

/** The editor starts each as a program of its own. */
const WORKERS = {
  editor: 'monaco-editor/esm/vs/editor/editor.worker.js',
  json: 'monaco-editor/esm/vs/language/json/json.worker.js',
  graphql: 'monaco-graphql/esm/graphql.worker.js',
}

type Built = BuildResult<typeof OPTIONS>

async function buildPage(outdir: string): Promise<void> {
  const workers = await build({ ...OPTIONS, outdir, entryPoints: WORKERS })
  const names = Object.fromEntries(
    Object.keys(WORKERS).map((name) => [name, nameOf(workers, `${name}-`, '.js')]),
  )
  const page = await build({
    ...OPTIONS,
    outdir,
    entryPoints: { page: 'graphiql/page.tsx' },
    define: { ...OPTIONS.define, WORKERS: JSON.stringify(names) },
  })
  const style = nameOf(page, 'page-', '.css')
  // The style sheet of the page has all that the editor needs: those of its parts, which are loaded later, repeat it.
  const files = [...workers.outputFiles, ...page.outputFiles].filter(
    ({ path }) => !path.endsWith('.css') || path.endsWith(`/${style}`),
  )
  rmSync(outdir, { recursive: true, force: true })
  mkdirSync(outdir, { recursive: true })
  for (const { path, contents } of files) writeCompressed(path, contents)
  writeFileSync(
    join(outdir, 'THIRD-PARTY-NOTICES.txt'),
    noticesOf(root, { outputs: { ...workers.metafile.outputs, ...page.metafile.outputs } }),
  )
  // Written last: without it the page counts as not built.
  const list = {
    script: nameOf(page, 'page-', '.js'),
    style,
    files: files.map(({ path }) => path.slice(path.lastIndexOf('/') + 1)),
  }
  writeFileSync(join(outdir, 'files.json'), JSON.stringify(list))
}

function nameOf({ outputFiles }: Built, start: string, end: string): string {
  const names = outputFiles.map(({ path }) => path.slice(path.lastIndexOf('/') + 1))
  const found = names.find((name) => name.startsWith(start) && name.endsWith(end))
  if (found === undefined) throw new Error(`The build has made no ${start}…${end}: ${names.join(', ')}`)
  return found
}

/** Quality 9 of 11 is within some percent of the best, in a tenth of its time. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }

/** Browsers take brotli only over TLS and on their own machine. */
function writeCompressed(path: string, contents: Uint8Array): void {
  writeFileSync(path, contents)
  writeFileSync(`${path}.br`, brotliCompressSync(contents, BROTLI))
  writeFileSync(`${path}.gz`, gzipSync(contents, { level: 9 }))
}

/** What the page is made of: its source, how it is built, and the packages that are installed. */
const SOURCES = ['graphiql', 'build', 'package-lock.json']

export async function buildPageIfChanged(outdir: string): Promise<void> {
  const newest = Math.max(...SOURCES.map((name) => newestOf(join(root, name))))
  const list = join(outdir, 'files.json')
  if (!existsSync(list) || statSync(list).mtimeMs <= newest) await buildPage(outdir)
}

function newestOf(path: string): number {
  if (!statSync(path).isDirectory()) return statSync(path).mtimeMs
  return Math.max(...readdirSync(path).map((name) => newestOf(join(path, name))))
}

if (isStarted(import.meta.url)) await buildPageIfChanged(`${root}dist/${PAGE_FOLDER}`)
