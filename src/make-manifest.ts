// Started by `npm run documents -- <folder>`: makes the manifest of an app's documents, and prints what each will cost.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSystemClock } from './clock.ts'
import { readConfig } from './config/read-config.ts'
import { splitDocuments, toManifest } from './documents/split-documents.ts'
import type { AppDocument } from './documents/split-documents.ts'
import { createGateway } from './gateway.ts'
import { checkDocument } from './graphql/limits/check-document.ts'
import { FIXED_LIMITS } from './graphql/limits/query-limits.ts'
import { schema } from './graphql/schema.ts'
import { createRequestRecord } from './telemetry/request-record.ts'

const USAGE = `npm run documents -- <folder> [--out <manifest.json>] [--check]

Reads every .graphql file of the folder. The file <operation>.variables.json beside it contains the variables for
the plan of an operation. --out writes the manifest; with --check the command compares it instead, and exits with
status 1 where it differs.`

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
    // To stderr, because the manifest goes to stdout and from there perhaps into a file.
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

/** The counts of `explain` for a gateway with an empty cache. It makes no call. */
async function planAll(documents: readonly AppDocument[], folder: string): Promise<readonly string[]> {
  const log = { info: () => {}, warn: () => {}, error: () => {} }
  const gateway = await createGateway(readConfig({ LOG_LEVEL: 'silent' }), {
    log,
    clock: createSystemClock(),
  })
  const caller = await gateway.authenticate(new Headers({ host: 'localhost' }))
  if (caller === null) throw new Error('the gateway refuses its own command')
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
    const { data, errors } = (await (
      await gateway.handle(request, caller, createRequestRecord(name))
    ).json()) as Explained
    const calls = data?.explain?.calls
    return calls
      ? `${name}: ${calls.expected} calls expected when nothing is cached (${calls.min} to ${calls.max})`
      : `${name}: no plan: ${errors?.[0]?.message ?? 'the reason is unknown'}`
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
