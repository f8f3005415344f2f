// npm run build: puts the program and its packages into dist/, as few files that Node reads quickly, beside the page of the
// query editor (page.ts).
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { BuildResult, Plugin } from 'esbuild'
import { isStarted } from './is-started.ts'
import { noticesOf } from './notices.ts'
import { PAGE_FOLDER, buildPageIfChanged } from './page.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** A package that asks for another one at run time finds what Node itself has, and nothing beside the bundle. */
const REQUIRE = `const require = (name) => {
  const found = process.getBuiltinModule(name)
  if (found) return found
  throw Object.assign(new Error('The bundle does not contain ' + name), { code: 'MODULE_NOT_FOUND' })
}`

export async function bundle(outdir: string): Promise<BuildResult<{ metafile: true }>> {
  mkdirSync(outdir, { recursive: true })
  // The page is built for itself, and only where it has changed.
  for (const name of readdirSync(outdir))
    if (name !== PAGE_FOLDER) rmSync(`${outdir}/${name}`, { recursive: true })
  const result = await build({
    absWorkingDir: root,
    // The programs that an operator starts. What they share is in files of its own.
    entryPoints: {
      main: 'src/main.ts',
      'make-manifest': 'src/commands/make-manifest.ts',
      'callers/keys-main': 'src/callers/keys-main.ts',
      'manage-webhooks': 'src/commands/manage-webhooks.ts',
      doctor: 'src/commands/doctor.ts',
    },
    outdir,
    // A module that is imported while the program runs is a file of its own. The folder is as deep as the rooms of src, so that
    // a path from a module to the root of the project stays the same.
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    // Packages that are written for both are read as modules: unused parts are left out, and there is one graphql only.
    mainFields: ['module', 'main'],
    conditions: ['module', 'import'],
    // graphql looks for a second copy of itself at each check of a type, except in production. Here there is one.
    define: { 'globalThis.process.env.NODE_ENV': '"production"' },
    banner: { js: REQUIRE },
    minifySyntax: true,
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    metafile: true,
    plugins: [ownMapsOnly, lessOfUndici],
  })
  writeFileSync(`${outdir}/THIRD-PARTY-NOTICES.txt`, noticesOf(root, result.metafile))
  return result
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
