// npm run build: puts the program and its packages into dist/, as few files that Node reads quickly, beside the page of the
// query editor (page.ts).
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, transformSync } from 'esbuild'
import type { BuildResult, Plugin } from 'esbuild'
import { compileAhead } from './compile-ahead.ts'
import { isStarted } from './is-started.ts'
import { noticesOf } from './notices.ts'
import { PAGE_FOLDER, buildPageIfChanged } from './page.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The programs that an operator starts. */
const PROGRAMS = {
  main: './src/main.ts',
  'make-manifest': './src/commands/make-manifest.ts',
  'callers/keys-main': './src/callers/keys-main.ts',
  'manage-webhooks': './src/commands/manage-webhooks.ts',
  doctor: './src/commands/doctor.ts',
}

/** As deep as the rooms of src, so that a path from a module to the root of the project stays the same. */
const FOLDER = 'program'
const START = 'start.js'

/** Each program, and each module that is imported while it runs, is evaluated when it is asked for. */
const ENTRY = `export const programs = {
  ${Object.entries(PROGRAMS)
    .map(([name, path]) => `'${name}': () => import('${path}')`)
    .join(', ')}
}`

export async function bundle(outdir: string): Promise<BuildResult<{ metafile: true }>> {
  const folder = join(outdir, FOLDER)
  const script = join(folder, 'programs.js')
  mkdirSync(folder, { recursive: true })
  // The page is built for itself, and only where it has changed.
  for (const name of readdirSync(outdir))
    if (name !== PAGE_FOLDER) rmSync(join(outdir, name), { recursive: true })
  const result = await build({
    absWorkingDir: root,
    stdin: { contents: ENTRY, resolveDir: root, sourcefile: 'programs.ts' },
    outfile: script,
    bundle: true,
    // A script, because Node 20 keeps compiled code of scripts alone.
    format: 'cjs',
    // Node 20 forgets how such a script imports other modules, so each import of what Node itself has is written as a `require`.
    supported: { 'dynamic-import': false },
    // Strict, as modules are: esbuild leaves that out where it makes a script of them.
    banner: { js: `(function (require, module, scriptUrl) { 'use strict';` },
    footer: { js: 'return module.exports.programs\n})' },
    platform: 'node',
    target: 'node20.19',
    // Packages that are written for both are read as modules: unused parts are left out, and there is one graphql only.
    mainFields: ['module', 'main'],
    conditions: ['module', 'import'],
    define: {
      'import.meta.url': 'scriptUrl',
      // graphql looks for a second copy of itself at each check of a type, except in production. Here there is one.
      'globalThis.process.env.NODE_ENV': '"production"',
    },
    minifySyntax: true,
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    metafile: true,
    plugins: [ownMapsOnly, lessOfUndici],
  })
  toAscii(script)
  writeStarts(outdir)
  writeFileSync(join(outdir, 'THIRD-PARTY-NOTICES.txt'), noticesOf(root, result.metafile))
  await compileAhead(join(folder, START))
  return result
}

/** V8 needs two bytes for each character of a script where one is beyond Latin-1. esbuild leaves those in regular expressions. */
function toAscii(file: string): void {
  const toEscape = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
  writeFileSync(file, readFileSync(file, 'utf8').replace(/[^\0-\x7f]/g, toEscape))
}

/** What an operator starts: a file for each program, which starts it out of the script. */
function writeStarts(outdir: string): void {
  const { code } = transformSync(readFileSync(join(root, 'build/start.ts'), 'utf8'), { loader: 'ts' })
  writeFileSync(join(outdir, FOLDER, START), code)
  for (const name of Object.keys(PROGRAMS)) {
    const file = join(outdir, `${name}.js`)
    mkdirSync(dirname(file), { recursive: true })
    const start = `${'../'.repeat(name.split('/').length - 1)}${FOLDER}/${START}`
    writeFileSync(file, `import { start } from './${start}'\n\nawait start('${name}')\n`)
  }
}

/** Maps of the packages would be larger than the program itself. esbuild leaves a mapping out only for another one. */
const ownMapsOnly: Plugin = {
  name: 'maps of our own files only',
  setup({ onLoad }) {
    onLoad({ filter: /node_modules\/.*\.[cm]?js$/ }, async ({ path }) => ({
      contents: `${await readFile(path, 'utf8')}\n${ONE_PLACE}`,
      loader: 'js',
    }))
  },
}

const MAP = Buffer.from(JSON.stringify({ version: 3, sources: ['package'], mappings: 'AAAA' })).toString(
  'base64',
)
const ONE_PLACE = ['//# source', `MappingURL=data:application/json;base64,${MAP}`].join('')

/** The whole package would be half of the program, and slower to load than all others together. */
const lessOfUndici: Plugin = {
  name: 'less of undici',
  setup({ onResolve }) {
    onResolve({ filter: /^undici$/ }, () => ({ path: `${root}build/undici.js` }))
  },
}

if (isStarted(import.meta.url)) {
  await bundle(`${root}dist`)
  await buildPageIfChanged(`${root}dist/${PAGE_FOLDER}`)
}
