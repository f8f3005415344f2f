// Who may import whom: the one source for test/architecture.test.ts, which enforces it, and for docs/architecture.md.

export interface Row {
  /** What may be imported to be run; a name that ends in `/` is a whole room, `''` is everything. */
  readonly values: readonly string[]
  /** What may be imported as a type besides. */
  readonly types: readonly string[]
  /** It may not even import what may be imported everywhere. */
  readonly standsAlone?: true
  readonly because: string
}

const EVERYTHING = ['']

/** The rooms from the top to the ground: a room imports rooms below it only, never one above it. */
export const MAY_IMPORT: Readonly<Record<string, Row>> = {
  'main.ts': { values: EVERYTHING, types: [], because: 'starts the program' },
  'make-manifest.ts': {
    values: EVERYTHING,
    types: [],
    because: 'a program of its own: it checks documents and plans them on a gateway',
  },
  program: {
    values: [
      'gateway.ts',
      'http/metrics-server.ts',
      'documents/manifest.ts',
      'telemetry/metrics.ts',
      'telemetry/traces.ts',
      'config/',
    ],
    types: ['http/server.ts', 'telemetry/log.ts', 'telemetry/log-buffer.ts', 'telemetry/scrubber.ts'],
    because: 'the process around the gateway: it starts, announces, reloads and ends',
  },
  'serve.ts': {
    values: ['http/server.ts', 'telemetry/access-log.ts'],
    types: ['gateway.ts', 'telemetry/log.ts', 'telemetry/metrics.ts'],
    because: 'puts the gateway behind the HTTP server, for the program and for the tests',
  },
  'gateway.ts': { values: EVERYTHING, types: [], because: 'makes all parts and joins them' },
  'answering.ts': {
    values: [],
    types: [
      'callers/caller.ts',
      'graphql/',
      'http/known-answers.ts',
      'repeats.ts',
      'request.ts',
      'telemetry/traces.ts',
    ],
    because: 'answers one request with the parts that are passed to it',
  },
  'request.ts': { values: EVERYTHING, types: [], because: 'joins the parts that one request may use' },
  'plan-of-request.ts': {
    values: ['planning/', 'graphql/'],
    types: ['cache/cache.ts', 'clock.ts', 'config/config.ts', 'loaders/', 'rest/'],
    because: 'joins the planner with the schema, for one request',
  },
  'graphql-handler.ts': {
    values: ['documents/automatic.ts', 'graphql/', 'rest/accounting.ts'],
    types: ['answers/remembered.ts', 'clock.ts', 'config/config.ts', 'telemetry/'],
    because: 'makes what executes requests, from the settings',
  },
  'repeats.ts': {
    values: [
      'answers/',
      'graphql/steps/rate-limit-fields.ts',
      'graphql/steps/present-result.ts',
      'rest/accounting.ts',
    ],
    types: ['budget/budget.ts', 'graphql/context.ts', 'http/known-answers.ts', 'telemetry/traces.ts'],
    because: 'gives remembered answers again, with the budget of this moment',
  },
  'request-time.ts': {
    values: ['http/directives.ts'],
    types: ['config/config.ts'],
    because: 'works out the time of one request from its headers and the settings',
  },
  'trusted-documents.ts': {
    values: [
      'graphql/schema.ts',
      'graphql/limits/check-document.ts',
      'graphql/limits/query-limits.ts',
      'documents/manifest.ts',
    ],
    types: ['config/config.ts'],
    because: 'checks the documents of the manifest against the schema',
  },
  'served-tenants.ts': {
    values: ['simulated-aurora.ts', 'callers/tenants.ts'],
    types: ['config/config.ts'],
    because: 'chooses between the tenants of the settings and a simulated one',
  },
  'simulated-aurora.ts': {
    values: ['simulator/simulator.ts'],
    types: ['config/config.ts'],
    because: 'the only file of the gateway that starts the simulator',
  },
  'line.ts': {
    values: ['planning/', 'cache/', 'budget/', 'rest/with-buildable.ts', 'rest/with-trial.ts'],
    types: ['redis/shared.ts', 'rest/answer.ts', 'rest/call.ts', 'rest/standings.ts'],
    because: 'lists the layers of the line; it makes none of their parts',
  },
  http: {
    values: [
      'callers/caller.ts',
      'callers/client-address.ts',
      'callers/newcomers.ts',
      'callers/request-rate.ts',
      'answers/entity-tag.ts',
      'answers/exact-bytes.ts',
      'answers/fair-room.ts',
      'loop.ts',
      'rotation.ts',
    ],
    types: ['rest/freshness.ts'],
    because: 'the gateway is passed to it as a function, so it needs no GraphQL',
  },
  graphql: {
    values: ['execution/', 'loaders/aurora-object.ts', 'answers/', 'rest/ids.ts'],
    types: ['planning/', 'loaders/', 'documents/', 'rest/'],
    because: 'resolvers use the loaders of their request, which are in the context',
  },
  execution: {
    values: [],
    types: [],
    because: 'executes any schema, as graphql-js does; it contains nothing of this one',
  },
  planning: {
    values: [
      'loaders/',
      'cache/decide-use.ts',
      'cache/drops.ts',
      'cache/with-invalidation.ts',
      'rest/answer.ts',
      'rest/attempt-error.ts',
      'rest/refusal-error.ts',
    ],
    types: ['cache/cache-reads.ts', 'rest/call.ts', 'rest/scope.ts', 'rest/terms.ts'],
    because: 'executes the real loaders over an imagined Aurora, with the ages and drops of the real cache',
  },
  loaders: {
    values: [
      'cache/decide-use.ts',
      'cache/used-as.ts',
      'rest/accounting.ts',
      'rest/answer.ts',
      'rest/attempt-error.ts',
      'rest/call.ts',
      'rest/ids.ts',
      'rest/refusal-error.ts',
    ],
    types: ['cache/cache-reads.ts', 'rest/scope.ts', 'rest/terms.ts'],
    because: 'they make calls and look into cached lists, with the ages of the cache; it is passed to them',
  },
  redis: {
    values: ['cache/', 'budget/', 'rest/'],
    types: [],
    because: 'replicas share what cache and budget hold; neither of the two imports it',
  },
  spent: {
    values: ['budget/'],
    types: [],
    because: 'it keeps what the ledgers of the budget report, and the budget does not import it',
  },
  cache: {
    values: ['rest/'],
    types: [],
    because: 'it never imports the budget, nor the budget it: line.ts alone puts them in order',
  },
  budget: {
    values: ['rest/accounting.ts', 'rest/attempt-error.ts', 'rest/wait.ts'],
    types: ['rest/call.ts', 'rest/scope.ts'],
    because: 'it counts calls and reads of them only whom they are for and how they ended',
  },
  callers: {
    values: ['network/', 'rest/authentication.ts', 'rest/ids.ts', 'rest/scope.ts'],
    types: ['config/config.ts', 'rest/standings.ts'],
    because: 'it makes the scope in which a caller’s calls are made',
  },
  answers: {
    values: [],
    types: ['rest/scope.ts', 'rest/terms.ts'],
    because: 'whole answers, and the replies that they are made of',
  },
  documents: { values: [], types: ['rest/scope.ts'], because: 'documents are registered for one scope' },
  telemetry: {
    values: ['network/'],
    types: ['config/config.ts'],
    because: 'log and traces are set by the settings',
  },
  rest: { values: ['network/'], types: [], because: 'one attempt, and the words that all layers share' },
  network: {
    values: [],
    types: ['config/config.ts'],
    because: 'connections to other servers, through proxies; it reads nothing of what is sent',
  },
  config: { values: [], types: [], because: 'reads the environment; everything else gets the result' },
  simulator: {
    values: ['clock.ts'],
    types: [],
    standsAlone: true,
    because:
      'an Aurora of our own. If it shared code with the line, one mistake could be in both, and no test would see it',
  },
  errors: { values: [], types: [], because: 'may be imported everywhere' },
  'clock.ts': { values: [], types: [], because: 'may be imported everywhere' },
  'leaving.ts': { values: [], types: [], because: 'may be imported everywhere' },
  'alarms.ts': { values: [], types: [], because: 'may be imported everywhere' },
  'call-alone.ts': { values: [], types: [], because: 'may be imported everywhere' },
  'pace.ts': { values: [], types: [], because: 'may be imported everywhere' },
  'plain-exchange.ts': { values: [], types: [], because: 'may be imported everywhere' },
  'at-once.ts': { values: [], types: [], because: 'may be imported everywhere' },
  'loop.ts': {
    values: ['rotation.ts'],
    types: [],
    because: 'divides the time of the event loop between connections, requests and large answers',
  },
  'rotation.ts': { values: [], types: [], because: 'a queue that knows nothing of what waits in it' },
  aurora: {
    values: [],
    types: [],
    standsAlone: true,
    because: 'the ground floor: facts about Aurora that depend on nothing',
  },
}

export const MAY_BE_IMPORTED_EVERYWHERE = [
  'errors/',
  'clock.ts',
  'leaving.ts',
  'alarms.ts',
  'call-alone.ts',
  'pace.ts',
  'at-once.ts',
  'plain-exchange.ts',
  'aurora/',
  'telemetry/events.ts',
  'telemetry/request-record.ts',
  'telemetry/tally.ts',
]

/** Started, never imported: the only modules that do something when they are loaded. */
export const MAINS = [
  'main.ts',
  'make-manifest.ts',
  'callers/keys-main.ts',
  'simulator/main.ts',
  'graphql/print-schema.ts',
]

export const MAY_READ_TIME = ['clock.ts', 'simulator/main.ts']
export const MAY_READ_ENVIRONMENT = ['config/read-config.ts']
