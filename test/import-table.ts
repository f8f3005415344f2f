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
  'commands/make-manifest.ts': {
    values: EVERYTHING,
    types: [],
    because: 'a program of its own: it checks documents and plans them on a gateway',
  },
  'commands/print-schema.ts': {
    values: ['graphql/schema.ts', 'subgraph/print-subgraph.ts'],
    types: [],
    because: 'a program of its own: it writes the files of `schema/`',
  },
  'commands/manage-webhooks.ts': {
    values: ['commands/webhooks-command.ts', 'webhooks/manage/', 'config/read-config.ts'],
    types: [],
    because: 'a program of its own: it reads arguments and settings, and prints',
  },
  'commands/webhooks-command.ts': {
    values: EVERYTHING,
    types: [],
    because: 'joins the parts that the subscriptions at Aurora need: tenants, budget and line',
  },
  'commands/doctor.ts': {
    values: ['commands/doctor-command.ts', 'doctor/', 'config/read-config.ts'],
    types: [],
    because: 'a program of its own: it reads arguments and settings, and prints',
  },
  'commands/doctor-command.ts': {
    values: EVERYTHING,
    types: [],
    because: 'joins the parts that an examination needs: settings, tenants, budget and one attempt',
  },
  'commands/doctor-call.ts': {
    values: EVERYTHING,
    types: [],
    because: 'makes the one call of an examination within the budget',
  },
  'commands/command-budget.ts': {
    values: EVERYTHING,
    types: [],
    because: 'makes the budget of the gateway for a command beside it',
  },
  program: {
    values: [
      'gateway/gateway.ts',
      'http/metrics-server.ts',
      'documents/manifest.ts',
      'telemetry/metrics-export.ts',
      'telemetry/metrics.ts',
      'telemetry/traces.ts',
      'config/',
    ],
    types: ['http/server.ts', 'telemetry/log.ts', 'telemetry/log-buffer.ts', 'telemetry/scrubber.ts'],
    because: 'the process around the gateway: it starts, announces, reloads and ends',
  },
  'gateway/serve.ts': {
    values: ['http/server.ts', 'telemetry/access-log.ts'],
    types: ['gateway/gateway.ts', 'telemetry/log.ts', 'telemetry/metrics.ts'],
    because: 'puts the gateway behind the HTTP server, for the program and for the tests',
  },
  'gateway/gateway.ts': { values: EVERYTHING, types: [], because: 'makes all parts and joins them' },
  'gateway/answering.ts': {
    values: [],
    types: [
      'callers/caller.ts',
      'graphql/',
      'http/known-answers.ts',
      'gateway/live-answers.ts',
      'gateway/repeats.ts',
      'gateway/request.ts',
      'telemetry/traces.ts',
    ],
    because: 'answers one request with the parts that are passed to it',
  },
  'gateway/live-answers.ts': {
    values: [
      'live/',
      'gateway/again-at-no-cost.ts',
      'gateway/execute-question.ts',
      'graphql/streamed-operation.ts',
      'http/directives.ts',
    ],
    types: ['cache/change-notices.ts', 'callers/caller.ts', 'graphql/', 'telemetry/log.ts'],
    because: 'decides which requests get a stream, and joins the parts of live answers',
  },
  'gateway/execute-question.ts': {
    values: ['live/'],
    types: ['answers/in-turns.ts', 'graphql/', 'gateway/request.ts', 'rest/terms.ts'],
    because: 'executes questions for the watches, as those of requests are executed',
  },
  'gateway/again-at-no-cost.ts': {
    values: ['graphql/steps/present-result.ts'],
    types: ['budget/budget.ts', 'live/', 'rest/terms.ts'],
    because: 'writes the cost of an answer that is given again',
  },
  'gateway/request.ts': {
    values: [
      'gateway/access.ts',
      'gateway/manner.ts',
      'gateway/opening.ts',
      'gateway/plan-of-request.ts',
      'gateway/shared-by-requests.ts',
      'graphql/',
    ],
    types: ['callers/caller.ts', 'gateway/known-objects.ts', 'rest/call.ts', 'telemetry/request-record.ts'],
    because: 'joins the parts that one request may use',
  },
  'gateway/opening.ts': {
    values: [
      'answers/parts.ts',
      'cache/standing.ts',
      'gateway/request-time.ts',
      'graphql/stale-report.ts',
      'http/directives.ts',
      'live/watched.ts',
      'telemetry/tally.ts',
    ],
    types: [
      'budget/reservations.ts',
      'callers/caller.ts',
      'gateway/manner.ts',
      'gateway/shared-by-requests.ts',
      'graphql/context.ts',
      'rest/',
      'telemetry/request-record.ts',
    ],
    because: 'works out the name and the terms of the calls of one request',
  },
  'gateway/access.ts': {
    values: ['loaders/'],
    types: ['gateway/shared-by-requests.ts', 'graphql/context.ts', 'rest/'],
    because: 'makes the loaders and writes of one request',
  },
  'gateway/manner.ts': {
    values: ['http/directives.ts'],
    types: ['config/config.ts', 'graphql/context.ts'],
    because: 'decides how much is checked and divided where no client waits',
  },
  'gateway/plan-of-request.ts': {
    values: ['planning/', 'graphql/'],
    types: ['gateway/shared-by-requests.ts', 'rest/'],
    because: 'joins the planner with the schema, for one request',
  },
  'gateway/shared-by-requests.ts': {
    values: ['list-index/list-indexes.ts', 'loaders/page-shares.ts', 'planning/shared-counts.ts'],
    types: [
      'budget/budget.ts',
      'cache/cache.ts',
      'changes/histories.ts',
      'config/config.ts',
      'gateway/known-objects.ts',
      'loaders/',
      'planning/',
      'rest/',
    ],
    because: 'makes what one request learns and the next one uses',
  },
  'gateway/graphql-handler.ts': {
    values: ['answers/ages.ts', 'documents/automatic.ts', 'graphql/', 'rest/accounting.ts'],
    types: ['answers/remembered.ts', 'clock.ts', 'config/config.ts', 'rest/terms.ts', 'telemetry/'],
    because: 'makes what executes requests, from the settings',
  },
  'gateway/repeats.ts': {
    values: [
      'answers/',
      'graphql/steps/rate-limit-fields.ts',
      'graphql/steps/router-fields.ts',
      'graphql/steps/present-result.ts',
      'rest/accounting.ts',
    ],
    types: ['budget/budget.ts', 'graphql/context.ts', 'http/known-answers.ts', 'telemetry/traces.ts'],
    because: 'gives remembered answers again, with the budget of this moment',
  },
  'gateway/known-objects.ts': {
    values: [
      'answers/chance.ts',
      'answers/known-texts.ts',
      'graphql/context.ts',
      'loaders/aurora-object.ts',
      'loaders/loaders.ts',
      'loaders/reads-made.ts',
      'rest/accounting.ts',
    ],
    types: ['answers/', 'cache/cache-reads.ts', 'execution/', 'loaders/', 'rest/'],
    because: 'executes objects alone, with loaders of their own, and keeps their texts',
  },
  'gateway/request-time.ts': {
    values: ['http/directives.ts'],
    types: ['config/config.ts'],
    because: 'works out the time of one request from its headers and the settings',
  },
  'gateway/trusted-documents.ts': {
    values: [
      'subgraph/service-query.ts',
      'graphql/limits/check-document.ts',
      'graphql/limits/query-limits.ts',
      'documents/manifest.ts',
    ],
    types: ['config/config.ts'],
    because: 'checks the documents of the manifest against the schema',
  },
  'gateway/served-schema.ts': {
    values: ['graphql/schema.ts', 'subgraph/subgraph-schema.ts'],
    types: ['config/config.ts'],
    because: 'chooses between the own schema and that of a subgraph',
  },
  'gateway/served-tenants.ts': {
    values: ['gateway/simulated-aurora.ts', 'callers/tenants.ts'],
    types: ['config/config.ts', 'telemetry/log.ts'],
    because: 'chooses between the tenants of the settings and a simulated one',
  },
  'gateway/reread.ts': {
    values: [],
    types: ['callers/tenants.ts', 'config/config.ts', 'documents/manifest.ts'],
    because: 'has the tenants and the trusted documents hold together',
  },
  'gateway/simulated-aurora.ts': {
    values: ['simulator/simulator.ts'],
    types: ['config/config.ts'],
    because: 'the only file of the gateway that starts the simulator',
  },
  'gateway/open-cache-file.ts': {
    values: ['cache/cache-file.ts'],
    types: ['config/config.ts'],
    because: 'opens the file of the cache, from the settings',
  },
  'gateway/line.ts': {
    values: [
      'planning/',
      'cache/',
      'budget/',
      'rest/with-buildable.ts',
      'rest/with-list-ends.ts',
      'rest/with-trial.ts',
    ],
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
    ],
    types: ['rest/freshness.ts', 'webhooks/receive.ts'],
    because: 'the gateway is passed to it as a function, so it needs no GraphQL',
  },
  live: {
    values: ['answers/ages.ts', 'answers/fair-room.ts', 'answers/in-turns.ts'],
    types: ['callers/caller.ts', 'cache/', 'rest/'],
    because: 'what executes a question is passed to it as a function, so it needs no GraphQL',
  },
  subgraph: {
    values: ['graphql/', 'planning/outlook.ts'],
    types: ['loaders/aurora-object.ts'],
    because: 'adds to the schema what routers need; nothing of the schema depends on it',
  },
  graphql: {
    values: [
      'execution/',
      'list-index/fold-text.ts',
      'list-index/word-column.ts',
      'loaders/aurora-object.ts',
      'answers/',
      'rest/ids.ts',
    ],
    types: ['planning/', 'loaders/', 'documents/', 'list-index/', 'rest/'],
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
    types: ['cache/cache-reads.ts', 'cache/read-name.ts', 'rest/call.ts', 'rest/scope.ts', 'rest/terms.ts'],
    because: 'executes the real loaders over an imagined Aurora, with the ages and drops of the real cache',
  },
  loaders: {
    values: [
      'cache/decide-use.ts',
      'cache/used-as.ts',
      'changes/',
      'list-index/',
      'rest/accounting.ts',
      'rest/answer.ts',
      'rest/attempt-error.ts',
      'rest/call.ts',
      'rest/ids.ts',
      'rest/no-such-page.ts',
      'rest/refusal-error.ts',
      'rest/spare-terms.ts',
      'rest/usual-sizes.ts',
    ],
    types: ['cache/cache-reads.ts', 'rest/scope.ts', 'rest/terms.ts'],
    because: 'they make calls and look into cached lists, with the ages of the cache; it is passed to them',
  },
  doctor: {
    values: [
      'callers/published-keys.ts',
      'redis/connection.ts',
      'redis/keys.ts',
      'redis/redis-errors.ts',
      'redis/open-watch.ts',
    ],
    types: ['config/config.ts'],
    because: 'looks at what the gateway needs; it makes no call to Aurora',
  },
  webhooks: {
    values: [
      'cache/decide-lifetime.ts',
      'cache/event-touches.ts',
      'cache/proof-facts.ts',
      'cache/touch-set.ts',
      'rest/answer.ts',
      'rest/call.ts',
      'rest/ids.ts',
      'rest/no-such-page.ts',
      'rest/scope.ts',
      'rest/usual-sizes.ts',
    ],
    types: ['cache/', 'callers/', 'config/config.ts', 'redis/', 'rest/terms.ts'],
    because: 'a webhook becomes what it touches in the caches; it makes no call',
  },
  'router-cache': {
    values: ['answers/cache-tags.ts', 'network/'],
    types: ['cache/', 'config/config.ts'],
    because: 'routers are notified of what is taken out of the cache; it makes no call',
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
  changes: {
    values: ['answers/fair-room.ts', 'rest/'],
    types: ['cache/'],
    because: 'it notes what pages show and what is touched in the cache; it makes no call',
  },
  cache: {
    values: ['rest/'],
    types: [],
    because: 'it never imports the budget, nor the budget it: line.ts alone puts them in order',
  },
  budget: {
    values: ['rest/accounting.ts', 'rest/attempt-error.ts', 'rest/scope.ts', 'rest/wait.ts'],
    types: ['rest/call.ts', 'rest/standings.ts'],
    because: 'it counts calls and reads of them only whom they are for and how they ended',
  },
  callers: {
    values: ['config/secret-rules.ts', 'network/', 'rest/authentication.ts', 'rest/ids.ts', 'rest/scope.ts'],
    types: ['config/config.ts', 'rest/standings.ts'],
    because: 'it makes the scope in which a caller’s calls are made',
  },
  'list-index': {
    values: ['answers/fair-room.ts'],
    types: ['rest/scope.ts'],
    because: 'columns over the objects of a list; it makes no call and keeps no age',
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
    because:
      'connections to other servers, through proxies, and the bytes of their answers; it understands none of them',
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
  exchange: { values: [], types: [], because: 'may be imported everywhere' },
  turns: { values: [], types: [], because: 'may be imported everywhere' },
  'clock.ts': { values: [], types: [], because: 'may be imported everywhere' },
  'leaving.ts': { values: [], types: [], because: 'may be imported everywhere' },
  'merge.ts': { values: [], types: [], because: 'may be imported everywhere' },
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
  'merge.ts',
  'turns/',
  'exchange/',
  'aurora/',
  'telemetry/events.ts',
  'telemetry/request-record.ts',
  'telemetry/tally.ts',
]

/** Started, never imported: the only modules that do something when they are loaded. */
export const MAINS = [
  'main.ts',
  'commands/make-manifest.ts',
  'commands/manage-webhooks.ts',
  'commands/doctor.ts',
  'callers/keys-main.ts',
  'simulator/main.ts',
  'commands/print-schema.ts',
]

export const MAY_READ_TIME = ['clock.ts', 'simulator/main.ts']
export const MAY_READ_ENVIRONMENT = ['config/read-config.ts']
