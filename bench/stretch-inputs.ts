// Requests that are hostile or huge, and answers of Aurora that are: each may hold the event loop for long (stretches.ts).
import { gzipSync } from 'node:zlib'
import { getIntrospectionQuery } from 'graphql'

export interface Input {
  readonly name: string
  /** Bodies by path below the tenant; others are answered 404. */
  readonly aurora?: Readonly<Record<string, string | Buffer>>
  readonly auroraType?: string
  /** Different in each round, so that nothing is remembered. */
  request(round: number): {
    readonly body?: string | Buffer
    readonly path?: string
    readonly headers?: Record<string, string>
  }
}

const MEGA = 1024 * 1024

const range = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))
const ask = (query: string, variables?: unknown, headers?: Record<string, string>) => (round: number) => ({
  body: JSON.stringify({ query: `# ${round}\n${query}`, ...(variables !== undefined && { variables }) }),
  ...(headers && { headers }),
})
const raw = (body: string | Buffer, headers?: Record<string, string>) => () => ({
  body,
  ...(headers && { headers }),
})

/** A text of JSON around a given length. */
const fill = (bytes: number, item: (index: number) => string, [open, close] = ['[', ']']): string => {
  const items: string[] = []
  let length = 0
  for (let index = 0; length < bytes; index += 1) {
    const text = item(index)
    items.push(text)
    length += text.length + 1
  }
  return `${open}${items.join(',')}${close}`
}

const PROJECT_FIELDS =
  'id auroraId name createdAt updatedAt status customerFirstName customerLastName customerEmail mailingAddress ownerId teamId'
const uuid = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
const project = (index: number, more = '') =>
  `{"id":"${uuid(index)}","name":"Project ${index}","status":"Active","created_at":"2026-01-01T00:00:00Z","customer_first_name":"Ada","customer_last_name":"Smith","customer_email":"a${index}@example.com","mailing_address":"1 Street","owner_id":"${uuid(7)}"${more}}`
const projects = (count: number, more = '') =>
  `{"projects":[${range(count, (index) => project(index, more)).join(',')}]}`
const shownProjects = (times: number, fields: string) =>
  `{ ${range(times, (index) => `a${index}: projects(first: 250) { nodes { ${fields} } }`).join(' ')} }`
const NO_CACHE = { 'cache-control': 'no-cache' }
const apiVersions = (text: string | Buffer) => ({ '/versions': text })

export const INPUTS: readonly Input[] = [
  // Bodies of requests, 256 KB.
  { name: 'body: open brackets', request: raw('['.repeat(262_000)) },
  {
    name: 'body: numbers',
    request: raw(`{"query":"{tenant{name}}","variables":{"x":${fill(261_000, () => '1')}}}`),
  },
  {
    name: 'body: members',
    request: raw(
      `{"query":"{tenant{name}}","variables":${fill(261_000, (index) => `"m${index}":1`, ['{', '}'])}}`,
    ),
  },
  { name: 'body: members at the top', request: raw(fill(261_000, (index) => `"m${index}":1`, ['{', '}'])) },
  {
    name: 'body: empty objects',
    request: raw(`{"query":"{tenant{name}}","variables":{"x":${fill(261_000, () => '{}')}}}`),
  },
  {
    name: 'body: index names',
    request: raw(
      `{"query":"{tenant{name}}","variables":${fill(261_000, (index) => `"${index * 7919}":1`, ['{', '}'])}}`,
    ),
  },
  {
    name: 'body: escapes',
    request: raw(`{"query":"{tenant{name}}","variables":{"x":"${'\\u0041'.repeat(43_000)}"}}`),
  },
  {
    name: 'body: extensions',
    request: raw(
      `{"query":"{tenant{name}}","extensions":${fill(261_000, (index) => `"m${index}":1`, ['{', '}'])}}`,
    ),
  },
  { name: 'body: 65,000 operations', request: raw(fill(261_000, () => '{}')) },
  {
    name: 'variable: JSON of a project',
    request: ask(
      'mutation($o: JSON) { createDesign(projectId: "x", input: { other: $o, name: "x" }) { design { id } } }',
      { o: Object.fromEntries(range(15_000, (index) => [`m${index}`, index])) },
    ),
  },
  {
    name: 'variable: text of 250 KB as an id',
    request: ask('query($i: ID!) { project(id: $i) { name } }', { i: 'x'.repeat(250_000) }),
  },
  {
    name: 'variable: text of 250 KB as a cursor',
    request: ask('query($i: String) { projects(first: 1, after: $i) { nodes { name } } }', {
      i: 'QUFB'.repeat(60_000),
    }),
  },
  {
    name: 'variable: 35,136 intervals',
    request: ask(
      'mutation($i: [Float]) { updateConsumptionProfile(projectId: "x", input: { intervalData: $i }) { __typename } }',
      { i: range(35_136, () => 0.123) },
    ),
  },
  {
    name: 'variable: 120,000 items of the wrong type',
    request: ask(
      'mutation($i: [Float]) { updateConsumptionProfile(projectId: "x", input: { intervalData: $i }) { __typename } }',
      { i: range(60_000, () => 'x') },
    ),
  },
  {
    name: 'variable: 80,000 ids',
    request: ask('query($i: [ID!]!) { nodes(ids: $i) { id } }', { i: range(60_000, () => 'x') }),
  },
  {
    name: 'variable: explained text of 250 KB',
    request: ask('query($q: String!) { explain(query: $q) { isComplete } }', { q: 'x'.repeat(250_000) }),
  },
  // Documents.
  {
    name: 'document: 1,000 unknown fields',
    request: ask(`{ ${range(990, (index) => `projekt${index}`).join(' ')} }`),
  },
  { name: 'document: 1,000 equal fields', request: ask(`{ ${'tenant{name}'.repeat(240)} }`) },
  {
    name: 'document: repeated fields with arguments',
    request: ask(`{ ${range(90, () => 'projects(first:1){nodes{name}}').join(' ')} }`),
  },
  {
    name: 'document: fragments in a chain',
    request: ask(
      `{ ...F0 } ${range(120, (index) => `fragment F${index} on Query { ...F${index + 1} }`).join(' ')} fragment F120 on Query { tenant { name } }`,
    ),
  },
  {
    name: 'document: fragments that spread each other twice',
    request: ask(
      `{ ...F0 } ${range(70, (index) => `fragment F${index} on Query { ...F${index + 1} ...F${index + 1} }`).join(' ')} fragment F70 on Query { tenant { name } }`,
    ),
  },
  {
    name: 'document: inline fragments that overlap',
    request: ask(
      `{ projects(first: 1) { nodes { ${range(60, (index) => `... on Project { a: name ...on Project { owner { x${index % 7}: email } } }`).join(' ')} } } }`,
    ),
  },
  {
    name: 'document: aliases that conflict',
    request: ask(`{ ${range(300, (index) => `a: ${index % 2 ? 'users' : 'teams'}{id}`).join(' ')} }`),
  },
  { name: 'document: 16 KB of commas', request: ask(`{ tenant${','.repeat(16_000)} { name } }`) },
  {
    name: 'document: a block string',
    request: ask(`{ project(id: """${'\n x'.repeat(5_000)}""") { name } }`),
  },
  {
    name: 'document: variables of unknown types',
    request: ask(
      `query(${range(180, (index) => `$v${index}: Projekt${index}`).join(' ')}) { tenant { name } }`,
    ),
  },
  {
    name: 'document: introspection',
    request: ask(getIntrospectionQuery()),
  },
  {
    name: 'document: introspection, 15 times',
    request: ask(
      `{ ${range(14, (index) => `s${index}: __schema { types { name description fields(includeDeprecated: true) { name description args { name description } } } }`).join(' ')} }`,
    ),
  },
  // Headers.
  {
    name: 'headers: 15 KB of tags',
    request: (round) => ({
      path: `/graphql?query=${encodeURIComponent(`# ${round}\n{tenant{name}}`)}`,
      headers: {
        'graphql-require-preflight': '1',
        'if-none-match': '"0123456789abcdef0123456789abcdef.0123456789abcde" '.repeat(280),
      },
    }),
  },
  {
    name: 'headers: 15 KB of cache directives',
    request: ask('{tenant{name}}', undefined, { 'cache-control': 'max-age=1,'.repeat(1_400) }),
  },
  {
    name: 'headers: 15 KB of media types',
    request: ask('{tenant{name}}', undefined, { accept: 'application/json;q=0.1,'.repeat(640) }),
  },
  {
    name: 'headers: 15 KB of white space',
    request: ask('{tenant{name}}', undefined, {
      prefer: `wait${' '.repeat(14_000)}x`,
      'cache-control': `max-age${' '.repeat(500)}x`,
    }),
  },
  // Answers.
  {
    name: 'answer: 5 times 250 projects',
    aurora: { '/projects': projects(250) },
    request: ask(shownProjects(5, PROJECT_FIELDS)),
  },
  {
    name: 'answer: 20 times 250 projects',
    aurora: { '/projects': projects(250) },
    request: ask(shownProjects(20, PROJECT_FIELDS)),
  },
  {
    name: 'answer: 20 times 250 projects, brotli',
    aurora: { '/projects': projects(250) },
    request: ask(shownProjects(20, PROJECT_FIELDS), undefined, { 'accept-encoding': 'br' }),
  },
  {
    name: 'answer: 20 times 250 projects, by GET',
    aurora: { '/projects': projects(250) },
    request: (round) => ({
      path: `/graphql?query=${encodeURIComponent(`# ${round}\n${shownProjects(20, PROJECT_FIELDS)}`)}`,
      headers: { 'graphql-require-preflight': '1', 'accept-encoding': 'gzip' },
    }),
  },
  {
    name: 'answer: 5 times 250 projects with names of 5 KB',
    aurora: { '/projects': projects(250, `,"mailing_address":"${'x'.repeat(5_000)}"`) },
    request: ask(shownProjects(20, 'id name mailingAddress')),
  },
  {
    name: 'answer: 30 KB of text, 250 times',
    aurora: {
      '/projects': projects(250, `,"mailing_address":"${'é"'.repeat(9_000).replaceAll('"', '\\"')}"`),
    },
    request: ask(shownProjects(8, 'id name mailingAddress')),
  },
  {
    name: 'answer: the same JSON 29 times',
    aurora: apiVersions(`{"a":${fill(390_000, () => '1')}}`),
    request: ask(`{ ${range(20, (index) => `a${index}: apiVersions`).join(' ')} }`),
  },
  {
    name: 'answer: 250 errors',
    aurora: { '/projects': projects(250) },
    request: ask('{ projects(first: 250) { nodes { owner { email } designs { id } } } }'),
  },
  // Answers of Aurora, of up to 8 MB.
  {
    name: 'reply: one text of 8 MB',
    aurora: apiVersions(`{"a":"${'x'.repeat(8 * MEGA - 100)}"}`),
    request: ask('{ apiVersions }', undefined, NO_CACHE),
  },
  {
    name: 'reply: one text of 8 MB, not ASCII',
    aurora: apiVersions(`{"a":"${'é'.repeat(4 * MEGA - 100)}"}`),
    request: ask('{ apiVersions }', undefined, NO_CACHE),
  },
  {
    name: 'reply: escapes',
    aurora: apiVersions(`{"a":"${'\\u00e9'.repeat(1.3 * MEGA)}"}`),
    request: ask('{ apiVersions }', undefined, NO_CACHE),
  },
  {
    name: 'reply: not UTF-8',
    aurora: apiVersions(Buffer.from(`{"a":"${'\xe9'.repeat(7 * MEGA)}"}`, 'latin1')),
    request: ask('{ apiVersions }', undefined, NO_CACHE),
  },
  {
    name: 'reply: windows-1252',
    auroraType: 'application/json; charset=windows-1252',
    aurora: apiVersions(Buffer.from(`{"a":"${'\x80\xe9'.repeat(3.5 * MEGA)}"}`, 'latin1')),
    request: ask('{ apiVersions }', undefined, NO_CACHE),
  },
  {
    name: 'reply: 199,000 numbers',
    aurora: apiVersions(`{"a":${`[${range(199_000, (index) => index).join(',')}]`}}`),
    request: ask('{ apiVersions }', undefined, NO_CACHE),
  },
  {
    name: 'reply: 199,000 long numbers',
    aurora: apiVersions(`{"a":${`[${range(199_000, (index) => `1234567890123456789${index}`).join(',')}]`}}`),
    request: ask('{ apiVersions }', undefined, NO_CACHE),
  },
  {
    name: 'reply: one number of 8 million digits',
    aurora: apiVersions(`{"a":[${'1'.repeat(8 * MEGA - 100)}]}`),
    request: ask('{ apiVersions }', undefined, NO_CACHE),
  },
  {
    name: 'reply: 40,000 members',
    aurora: apiVersions(`{"a":{${range(39_900, (index) => `"m${index}":"x"`).join(',')}}}`),
    request: ask('{ apiVersions }', undefined, NO_CACHE),
  },
  {
    name: 'reply: five objects of 39,000 members',
    aurora: apiVersions(
      `{${range(5, (each) => `"a${each}":{${range(39_000, (index) => `"m${each}x${index}":"x"`).join(',')}}`).join(',')}}`,
    ),
    request: ask('{ apiVersions }', undefined, NO_CACHE),
  },
  {
    name: 'reply: a project of 39,000 members',
    aurora: {
      [`/projects/${uuid(1)}`]: `{"project":${project(1, `,${range(39_000, (index) => `"m${index}":"x"`).join(',')}`)}}`,
    },
    request: ask(`{ project(id: "${uuid(1)}") { name } }`, undefined, NO_CACHE),
  },
  {
    name: 'reply: 199,000 empty objects',
    aurora: apiVersions(`{"a":[${range(199_000, () => '{}').join(',')}]}`),
    request: ask('{ apiVersions }', undefined, NO_CACHE),
  },
  {
    name: 'reply: 99,000 objects of one member each its own',
    aurora: apiVersions(`{"a":[${range(99_000, (index) => `{"m${index}":1}`).join(',')}]}`),
    request: ask('{ apiVersions }', undefined, NO_CACHE),
  },
  {
    name: 'reply: open brackets',
    aurora: apiVersions('['.repeat(8 * MEGA - 10)),
    request: ask('{ apiVersions }', undefined, NO_CACHE),
  },
  {
    name: 'reply: deep objects',
    aurora: apiVersions(`${'{"a":'.repeat(600_000)}1${'}'.repeat(600_000)}`),
    request: ask('{ apiVersions }', undefined, NO_CACHE),
  },
  {
    name: 'reply: names that are numbers',
    aurora: apiVersions(`{"a":{${range(39_900, (index) => `"${index * 7919}":"x"`).join(',')}}}`),
    request: ask('{ apiVersions }', undefined, NO_CACHE),
  },
  {
    name: 'reply: backslashes',
    aurora: apiVersions(`{"a":"${'\\\\'.repeat(4 * MEGA - 100)}"}`),
    request: ask('{ apiVersions }', undefined, NO_CACHE),
  },
  {
    name: 'reply: quotation marks',
    aurora: apiVersions(`{"a":"${'\\"'.repeat(4 * MEGA - 100)}"}`),
    request: ask('{ apiVersions }', undefined, NO_CACHE),
  },
  {
    name: 'reply: texts',
    aurora: apiVersions(
      `{"a":[${range(199_000, (index) => `"text ${index} of some length that a text has"`).join(',')}]}`,
    ),
    request: ask('{ apiVersions }', undefined, NO_CACHE),
  },
  {
    name: 'reply: 250 projects of 32 KB',
    aurora: { '/projects': projects(250, `,"description":"${'x'.repeat(32_000)}"`) },
    request: ask('{ projects(first: 250) { nodes { name } } }', undefined, NO_CACHE),
  },
  {
    name: 'reply: a list of 19,900 users',
    aurora: {
      '/users': `{"users":[${range(19_900, (index) => `{"id":"u${index}","email":"a${index}@example.com"}`).join(',')}]}`,
    },
    request: ask('{ users { id email } }', undefined, NO_CACHE),
  },
  {
    name: 'reply: a list of 99,000 users',
    aurora: { '/users': `{"users":[${range(99_000, (index) => `{"id":"u${index}"}`).join(',')}]}` },
    request: ask('{ users { id } }', undefined, NO_CACHE),
  },
  {
    name: 'reply: a list of 60,000 items without ids',
    aurora: { '/users': `{"users":[{"id":"u"},${range(60_000, () => '{}').join(',')}]}` },
    request: ask('{ users { id } }', undefined, NO_CACHE),
  },
  {
    name: 'reply: a gzip bomb',
    aurora: apiVersions(gzipSync(Buffer.alloc(64 * MEGA, 32))),
    request: ask('{ apiVersions }', undefined, NO_CACHE),
  },
  // Plans.
  {
    name: 'plan: slices of different lengths',
    aurora: { '/projects': projects(250) },
    request: (round) =>
      ask('query($q: String!) { explain(query: $q) { isComplete } }', {
        q: `# ${round}\n{ ${range(20, (index) => `r${index}: projects(first: ${250 - index}) { nodes { ...F } }`).join(' ')} } fragment F on Project { name designs { name pricing { systemPrice } project { name } } owner { email } }`,
      })(round),
  },
  {
    name: 'plan: twenty equal slices',
    aurora: { '/projects': projects(250) },
    request: (round) =>
      ask('query($q: String!) { explain(query: $q) { isComplete } }', {
        q: `# ${round}\n{ ${range(20, (index) => `r${index}: projects(first: 250) { nodes { ...F } }`).join(' ')} } fragment F on Project { name designs { name pricing { systemPrice } project { name } } owner { email } }`,
      })(round),
  },
  {
    name: 'plan: refused for its calls',
    aurora: { '/projects': projects(250) },
    request: ask(
      `{ ${range(10, (index) => `r${index}: projects(first: 250) { nodes { name designs { id pricing { systemPrice } financings { id } } } }`).join(' ')} }`,
    ),
  },
]
