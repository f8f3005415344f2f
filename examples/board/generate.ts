// Writes src/generated: the types of the documents in src, by the settings of the kit. An app uses the command of
// @graphql-codegen/cli for this; it does the same with a hundred packages more.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { preset } from '@graphql-codegen/client-preset'
import { codegen } from '@graphql-codegen/core'
import { createCodegenConfig } from 'aurora-graphql-client/codegen'
import { buildASTSchema, parse } from 'graphql'
import { isStarted } from '../../build/is-started.ts'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Path below this folder and text of each file. */
export async function generateTypes(): Promise<ReadonlyMap<string, string>> {
  const output = 'src/generated/'
  const config = createCodegenConfig({ output }).generates[output]?.config
  const schema = parse(readFileSync(here('../../schema/schema.graphql'), 'utf8'))
  const outputs = await preset.buildGeneratesSection({
    baseOutputDir: output,
    schema,
    schemaAst: buildASTSchema(schema),
    documents: readDocuments(),
    // Not `useFragment`: it is no hook.
    presetConfig: { fragmentMasking: { unmaskFunctionName: 'readFragment' } },
    config: { ...config, importExtension: '.ts' },
    plugins: [],
    pluginMap: {},
  })
  const texts = outputs.map(async (output) => [output.filename, await codegen(output)] as const)
  return new Map(await Promise.all(texts))
}

/** Each text that is given to `graphql(…)`. */
const readDocuments = () =>
  readdirSync(here('src'))
    .filter((name) => name.endsWith('.tsx'))
    .flatMap((location) => {
      const source = readFileSync(here(`src/${location}`), 'utf8')
      return [...source.matchAll(/\bgraphql\(`([^`]*)`\)/g)].map(([, rawSDL = '']) => ({
        location,
        rawSDL,
        document: parse(rawSDL),
      }))
    })

if (isStarted(import.meta.url)) {
  const files = await generateTypes()
  rmSync(here('src/generated'), { recursive: true, force: true })
  for (const [path, text] of files) {
    mkdirSync(dirname(here(path)), { recursive: true })
    writeFileSync(here(path), text)
  }
}
