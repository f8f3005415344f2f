// Started by `npm run documents -- <folder>`: makes the manifest of an app's documents, and tells what each will cost.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSystemClock } from './clock.ts'
import { readConfig } from './config/config.ts'
import { splitDocuments, toManifest } from './documents/split-documents.ts'
import type { AppDocument } from './documents/split-documents.ts'
import { createGateway } from './gateway.ts'
import { checkDocument } from './graphql/limits/check-document.ts'
import { FIXED_LIMITS } from './graphql/limits/query-limits.ts'
import { schema } from './graphql/schema.ts'

const USAGE = `npm run documents -- <folder> [--out <manifest.json>] [--check]

Reads every .graphql file of the folder. Variables for the plan of an operation stand in <operation>.variables.json
beside it. --out writes the manifest; with --check it is compared instead, and status 1 says that it differs.`

async function main(words: readonly string[]): Promise<void> {
  const isCheck = words.includes('--check')
  const out = words.includes('--out') ? words[words.indexOf('--out') + 1] : undefined
  const [folder, ...others] = words.filter((word) => !word.startsWith('--') && word !== out)
  if (folder === undefined || others.length > 0 || (isCheck && out === undefined)) return fail(USAGE)
  try {
    const documents = readFolder(folder)
    const config = readConfig({ LOG_LEVEL: 'silent' })
    const faults = documents.flatMap(({ name, file, body }) => {
      const fault = checkDocument(body, schema, { ...FIXED_LIMITS, ...config.queryLimits })
      return fault === null ? [] : [`${file}: ${name}: ${fault}`]
    })
    if (faults.length > 0) return fail(faults.join('\n'))
    const manifest = toManifest(documents)
    if (isCheck && out !== undefined)
      return readFileSync(out, 'utf8') === manifest ? undefined : fail(`${out} is not what ${folder} makes`)
    if (out === undefined) process.stdout.write(manifest)
    else writeFileSync(out, manifest)
    const plans = await planAll(documents, folder)
    // Beside the manifest, which may be on its way to a file.
    process.stderr.write(`${plans.join('\n')}\n`)
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error))
  }
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`)
  process.exitCode = 1
}

const readFolder = (folder: string): readonly AppDocument[] =>
  splitDocuments(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.graphql'))
      .sort()
      .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') })),
  )

/** As `explain` counts them for a gateway that knows nothing yet: nobody is asked for it. */
async function planAll(documents: readonly AppDocument[], folder: string): Promise<readonly string[]> {
  const log = { info: () => {}, warn: () => {}, error: () => {} }
  const gateway = await createGateway(readConfig({ LOG_LEVEL: 'silent' }), {
    log,
    clock: createSystemClock(),
  })
  const caller = await gateway.authenticate(new Headers({ host: 'localhost' }))
  if (caller === null) throw new Error('the gateway does not let its own command in')
  const plan = async ({ name, body: document }: AppDocument): Promise<string> => {
    const path = join(folder, `${name}.variables.json`)
    const given = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as object) : {}
    const query =
      'query ($document: String!, $given: JSON) { explain(query: $document, variables: $given) { calls { min expected max } } }'
    const request = new Request('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables: { document, given } }),
    })
    const { data, errors } = (await (await gateway.handle(request, caller)).json()) as Explained
    const calls = data?.explain?.calls
    return calls
      ? `${name}: ${calls.expected} calls expected when nothing is cached (${calls.min} to ${calls.max})`
      : `${name}: no plan: ${errors?.[0]?.message ?? 'nobody knows why'}`
  }
  try {
    const plans: string[] = []
    for (const document of documents) plans.push(await plan(document))
    return plans
  } finally {
    await gateway.close()
  }
}

interface Explained {
  readonly data?: {
    readonly explain?: {
      readonly calls: { readonly min: number; readonly expected: number; readonly max: number }
    } | null
  } | null
  readonly errors?: readonly { readonly message: string }[]
}

await main(process.argv.slice(2))
