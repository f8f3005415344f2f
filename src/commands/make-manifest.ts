// Started by `npm run documents -- <folder>`: makes the manifest of an app's documents, and prints what each will cost.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'graphql'
import { createSystemClock } from '../clock.ts'
import { readConfig } from '../config/read-config.ts'
import { collectIds, SAMPLE_IDS_QUERY } from '../documents/sample-ids.ts'
import { sampleVariables } from '../documents/sample-variables.ts'
import { splitDocuments, toManifest } from '../documents/split-documents.ts'
import type { AppDocument } from '../documents/split-documents.ts'
import { createGateway } from '../gateway/gateway.ts'
import { checkDocument } from '../graphql/limits/check-document.ts'
import { FIXED_LIMITS } from '../graphql/limits/query-limits.ts'
import { schema } from '../graphql/schema.ts'
import { createRequestRecord } from '../telemetry/request-record.ts'

const USAGE = `npm run documents -- <folder> [--out <manifest.json>] [--check]

Reads every .graphql file of the folder. The plan of an operation has the variables of <operation>.variables.json,
or else samples from the simulator for those that it requires. --out writes the manifest; with --check the command compares it instead, and exits with
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
  const ids = await withGateway(async (ask) => collectIds(await ask(SAMPLE_IDS_QUERY, {})))
  return withGateway(async (ask) => {
    const plans: string[] = []
    for (const { name, body: document } of documents) {
      const path = join(folder, `${name}.variables.json`)
      const given = existsSync(path)
        ? (JSON.parse(readFileSync(path, 'utf8')) as object)
        : sampleVariables(parse(document), { schema, ids })
      const { data, errors } = (await ask(EXPLAIN, { document, given })) as Explained
      plans.push(describe(name, given, data?.explain?.calls, errors?.[0]?.message))
    }
    return plans
  })
}

const EXPLAIN =
  'query ($document: String!, $given: JSON) { explain(query: $document, variables: $given) { calls { min expected max } } }'

interface Counts {
  readonly min: number
  readonly expected: number
  readonly max: number
}

interface Explained {
  readonly data?: { readonly explain?: { readonly calls: Counts } | null } | null
  readonly errors?: readonly { readonly message: string }[]
}

function describe(name: string, given: object, calls: Counts | undefined, fault: string | undefined): string {
  const words = Object.keys(given).length > 0 ? ` with ${JSON.stringify(given)}` : ''
  return calls
    ? `${name}: ${calls.expected} calls expected when nothing is cached (${calls.min} to ${calls.max})${words}`
    : `${name}: no plan${words}: ${fault ?? 'the reason is unknown'}`
}

type Ask = (query: string, variables: object) => Promise<unknown>

/** Runs something on a gateway of its own, over the simulator, with nothing cached. */
async function withGateway<Result>(use: (ask: Ask) => Promise<Result>): Promise<Result> {
  const log = { info: () => {}, warn: () => {}, error: () => {} }
  const config = readConfig({ LOG_LEVEL: 'silent' })
  const gateway = await createGateway(config, { log, clock: createSystemClock() })
  try {
    const caller = await gateway.authenticate(new Headers({ host: 'localhost' }))
    if (caller === null) throw new Error('the gateway refuses its own command')
    return await use(async (query, variables) => {
      const request = new Request('http://localhost/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      })
      return (await gateway.handle(request, caller, createRequestRecord('documents'))).json()
    })
  } finally {
    await gateway.close()
  }
}

void main(process.argv.slice(2))
