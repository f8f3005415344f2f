// Client types are generated from the schema and from every example. TypeScript, as strict as our own, accepts the types
// and a client that is written with them.
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { preset } from '@graphql-codegen/client-preset'
import { codegen } from '@graphql-codegen/core'
import { buildASTSchema, Kind, parse, print } from 'graphql'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withTypenames } from '../../src/documents/typenames.ts'
import { config } from '../clients/recipes/codegen.ts'
import { nth } from '../support/builders.ts'
import { createTestGateway } from '../support/test-gateway.ts'

type Files = ReadonlyMap<string, string>

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The types of our scalars in a client. A scalar that is missing here stops the generator. */
const { config: typing, presetConfig: manifestToo } = nth(Object.values(config.generates), 0)

/** Covers what the examples do not: a mutation with its input, failures as data, and each scalar as input and output. */
const OTHERS: Files = new Map([
  [
    'put-adder.graphql',
    `mutation PutAdder($designId: ID!, $input: CreateAdderInput!) {
      createAdder(designId: $designId, input: $input) {
        adder { adderName adderType }
        errors { __typename code message outcome }
      }
    }`,
  ],
  [
    'upload-bill.graphql',
    `mutation UploadBill($projectId: ID!, $file: File!) {
      uploadUtilityBill(projectId: $projectId, file: $file) { job { status } }
    }`,
  ],
  [
    'look-up.graphql',
    `query LookUp($id: ID!) { node(id: $id) { __typename id ...ProjectTile ...RoleInFull } }
    fragment ProjectTile on Project { name createdAt }
    fragment RoleInFull on Role { raw }`,
  ],
])

/** The names that the generator gives to types, such as `People` and `Query`. */
interface OperationName {
  readonly name: string
  readonly type: string
}

/** Every example is sent in the same way: with variables of its type, for data of its type. */
const clientOf = (operations: readonly OperationName[]): string => `
import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { print } from 'graphql'
import * as all from './generated/graphql.ts'
import { useFragment, type FragmentType } from './generated/index.ts'

/** True where both are the same type. An assignment would not find an any. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
export const holds = <_Claim extends true>(): void => {}

type Answer<Data> = { readonly data?: Data | null; readonly errors?: ReadonlyArray<{ readonly message: string }> }

async function ask<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables): Promise<Data> {
  const response = await fetch('http://localhost:4000/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: print(document), variables }),
  })
  const { data, errors } = (await response.json()) as Answer<Data>
  if (!data) throw new Error(errors?.[0]?.message ?? 'no data')
  return data
}

${operations
  .map(
    ({ name, type }) =>
      `export const ask${name} = (variables: all.${name}${type}Variables): Promise<all.${name}${type}> => ask(all.${name}Document, variables)`,
  )
  .join('\n')}

export async function* eachName(): AsyncGenerator<string> {
  for (let after: string | null = null; ; ) {
    const page: all.PageThroughProjectsQuery = await ask(all.PageThroughProjectsDocument, { after })
    for (const { node } of page.projects?.edges ?? []) yield node.name ?? node.auroraId
    if (!page.projects?.pageInfo.hasNextPage) return
    after = page.projects.pageInfo.endCursor
  }
}

type User = NonNullable<all.PeopleQuery['users']>[number]
holds<Same<User['accountStatus'], 'ACTIVE' | 'UNRECOGNIZED' | null>>()

type Project = NonNullable<all.ProjectsWithOwnersQuery['projects']>['nodes'][number]
holds<Same<Project['createdAt'], string | null>>()

type Production = NonNullable<NonNullable<DesignCosts['summary']>['energyProduction']>
type DesignCosts = NonNullable<NonNullable<all.WhatADesignMakesAndCostsQuery['projects']>['nodes'][number]['designs']>[number]
holds<Same<Production['monthly'], ReadonlyArray<number | null> | null>>()

holds<Same<all.UploadBillMutationVariables['file'], File>>()
holds<Same<all.CreateAdderInput['other'], unknown>>()
holds<Same<all.RoleInFullFragment['raw'], unknown>>()
holds<Same<all.ProjectTileFragment['createdAt'], string | null>>()

export function titleOf(tile: FragmentType<typeof all.ProjectTileFragmentDoc>): string {
  const { name, createdAt } = useFragment(all.ProjectTileFragmentDoc, tile)
  return [name, createdAt?.slice(0, 10)].join(' ')
}

export async function lookUp(id: string): Promise<string | null> {
  const { node } = await ask(all.LookUpDocument, { id })
  return node?.__typename === 'Project' ? titleOf(node) : null
}

export async function putAdder(designId: string): Promise<string> {
  const input = { adderName: 'Main panel', adderValue: 1200, isDiscount: false }
  const { createAdder } = await ask(all.PutAdderDocument, { designId, input })
  const [error] = createAdder.errors
  if (error?.code === 'FORBIDDEN') return 'not with this key'
  if (error && error.outcome !== 'NOT_DONE') return 'look before you send it again'
  return createAdder.adder?.adderName ?? 'nameless'
}
`

/** One mistake in each numbered line, which the generated types must find. */
const MISTAKES = `import * as all from './generated/graphql.ts'
import type { ResultOf, VariablesOf } from '@graphql-typed-document-node/core'
declare const users: NonNullable<all.PeopleQuery['users']>
declare const adder: ResultOf<typeof all.PutAdderDocument>['createAdder']
export const line5 = users[0]?.email
export const line6 = users[0]?.firstName.length
export const line7 = users[0]?.accountStatus === 'RETIRED'
export const line8: VariablesOf<typeof all.PageThroughProjectsDocument> = { after: 1 }
export const line9: all.CreateAdderInput = { adderName: 'Main panel' }
export const line10 = adder.errors[0]?.code === 'NO_SUCH_CODE'
export const line11 = (role: all.RoleInFullFragment) => role.raw.name
`

let sdl = ''
let examples: Files = new Map()
let folder = ''

beforeAll(async () => {
  sdl = await readFile(join(root, 'schema/schema.graphql'), 'utf8')
  const names = (await readdir(join(root, 'examples'))).filter((name) => name.endsWith('.graphql'))
  examples = new Map(
    await Promise.all(
      names.map(async (name) => [name, await readFile(join(root, 'examples', name), 'utf8')] as const),
    ),
  )
  folder = await mkdtemp(join(tmpdir(), 'aurora-codegen-'))
  // Packages are found where any client would find them: beside its own files.
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir')
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
})

afterAll(async () => {
  if (folder !== '') await rm(folder, { recursive: true })
})

/** Path and text of each file that the client preset makes; rejects where a document does not fit the schema. */
async function generate(schemaText: string, documents: Files, presetConfig = {}): Promise<Files> {
  const schema = parse(schemaText)
  const outputs = await preset.buildGeneratesSection({
    baseOutputDir: 'generated/',
    schema,
    schemaAst: buildASTSchema(schema),
    documents: [...documents].map(([location, rawSDL]) => ({ location, rawSDL, document: parse(rawSDL) })),
    presetConfig,
    config: { ...typing, immutableTypes: true, importExtension: '.ts' },
    plugins: [],
    pluginMap: {},
  })
  return new Map(
    await Promise.all(outputs.map(async (output) => [output.filename, await codegen(output)] as const)),
  )
}

/** The errors that TypeScript with our own settings reports for a client in the folder, each as `file:line code message`. */
async function typeErrors(files: Files): Promise<string[]> {
  await rm(join(folder, 'generated'), { recursive: true, force: true })
  await mkdir(join(folder, 'generated'))
  await Promise.all([...files].map(([path, text]) => writeFile(join(folder, path), text)))
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: object }
  }
  const { options, errors } = ts.convertCompilerOptionsFromJson(
    // A client may run in a browser: `fetch` and `File` are those of the web.
    { ...config.compilerOptions, lib: ['es2023', 'dom'], types: [] },
    folder,
  )
  const program = ts.createProgram(
    [...files.keys()].map((path) => join(folder, path)),
    options,
  )
  return [...errors, ...ts.getPreEmitDiagnostics(program)].map(({ file, start, code, messageText }) => {
    const line = file?.getLineAndCharacterOfPosition(start ?? 0).line ?? -1
    const message = ts.flattenDiagnosticMessageText(messageText, ' ')
    return `${file ? relative(folder, file.fileName) : 'tsconfig.json'}:${line + 1} TS${code} ${message}`
  })
}

const operationsOf = (documents: Files): OperationName[] =>
  [...documents.values()].flatMap((text) =>
    parse(text).definitions.flatMap((definition) =>
      definition.kind === Kind.OPERATION_DEFINITION
        ? [{ name: definition.name?.value ?? 'anonymous', type: upperFirst(definition.operation) }]
        : [],
    ),
  )

const upperFirst = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

describe('a client generated from the schema', () => {
  /** One program for both clients, since reading the libraries of TypeScript takes most of the time. */
  let checked: Promise<readonly string[]> | null = null
  const errorsOf = async (isMistaken: boolean): Promise<readonly string[]> => {
    checked ??= generate(sdl, new Map([...examples, ...OTHERS])).then((generated) =>
      typeErrors(
        new Map([...generated, ['client.ts', clientOf(operationsOf(examples))], ['mistakes.ts', MISTAKES]]),
      ),
    )
    return (await checked).filter((error) => error.startsWith('mistakes.ts:') === isMistaken)
  }

  it('has a typed document for every example, and passes strict TypeScript together with its user', async () => {
    expect(operationsOf(examples).length).toBeGreaterThanOrEqual(examples.size)
    expect(await errorsOf(false)).toEqual([])
  })

  it('finds the mistakes of its user, so no type in it is any', async () => {
    const found = await errorsOf(true)
    expect(found.map((error) => error.split(' ', 2).join(' '))).toEqual([
      'mistakes.ts:5 TS2339',
      'mistakes.ts:6 TS2531',
      'mistakes.ts:7 TS2367',
      'mistakes.ts:8 TS2322',
      'mistakes.ts:9 TS2741',
      'mistakes.ts:10 TS2367',
      'mistakes.ts:11 TS18046',
    ])
  })

  it.each([
    [
      'a field that is not there',
      'query Q { projects { nodes { nickname } } }',
      /"nickname" on type "Project"/,
    ],
    [
      'a variable of another type',
      'query Q($a: Int) { projects(after: $a) { nodes { id } } }',
      /"\$a" of type/,
    ],
    ['an argument that is not there', 'query Q { projects(size: 1) { nodes { id } } }', /argument "size"/],
  ])('is not made from %s', async (_, text, message) => {
    await expect(generate(sdl, new Map([...examples, ['wrong.graphql', text]]))).rejects.toThrow(message)
  })

  it('has a manifest of its documents that the gateway executes by their ids', async () => {
    const generated = await generate(sdl, examples, manifestToo)
    const manifest = join(folder, 'persisted-documents.json')
    await writeFile(manifest, generated.get('generated/persisted-documents.json') ?? '')
    const [documentId = ''] = Object.entries(
      JSON.parse(await readFile(manifest, 'utf8')) as Record<string, string>,
    )
      .filter(([, text]) => text.includes('query People'))
      .map(([id]) => id)
    expect(documentId).toMatch(/^sha256:[0-9a-f]{64}$/)
    await using gateway = await createTestGateway({
      config: { documents: { path: manifest, mode: 'only-trusted' } },
    })
    const answer = await gateway.handle(
      new Request('http://gateway.test/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ documentId }),
      }),
    )
    expect(await answer.json()).toMatchObject({ data: { tenant: { name: expect.any(String) } } })
  })

  it('has a manifest with which only its documents are executed, sent as a client prints them', async () => {
    const documents = new Map([...examples, ...OTHERS])
    const manifest = join(folder, 'trusted-documents.json')
    const generated = await generate(sdl, documents, manifestToo)
    await writeFile(manifest, generated.get('generated/persisted-documents.json') ?? '')
    await using gateway = await createTestGateway({
      config: { documents: { path: manifest, mode: 'only-trusted' } },
    })
    const send = async (query: string): Promise<unknown> => {
      const headers = { 'content-type': 'application/json' }
      const body = JSON.stringify({ query })
      const answer = await gateway.handle(
        new Request('http://gateway.test/graphql', { method: 'POST', headers, body }),
      )
      return answer.json()
    }
    const codes: unknown[] = []
    for (const text of documents.values()) {
      const { errors } = (await send(
        parse(text)
          .definitions.map((node) => print(withTypenames(node)))
          .join('\n'),
      )) as {
        errors?: readonly { extensions: { code: string } }[]
      }
      codes.push(...(errors ?? []).map(({ extensions: { code } }) => code))
    }
    // Required variables are missing, or a client has to name a stream; none is not trusted.
    expect(codes).not.toContain('DOCUMENT_NOT_TRUSTED')
    expect(await send('{ tenant { name } }')).toMatchObject({
      errors: [{ extensions: { code: 'DOCUMENT_NOT_TRUSTED' } }],
    })
  })

  it('is not made while a scalar has no type', async () => {
    const wider = `${sdl}\nscalar Money\nextend type Tenant { balance: Money }`
    const asks = new Map([...examples, ['balance.graphql', '{ tenant { balance } }']])
    await expect(generate(wider, asks)).rejects.toThrow(/Money/)
  })
})
