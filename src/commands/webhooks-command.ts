// The command `npm run webhooks` with the parts that it needs of the gateway: its tenants, its budget and its line to Aurora.
import { READS } from '../aurora/reads.ts'
import { WRITES } from '../aurora/writes.ts'
import type { Members } from '../aurora/body.ts'
import { createCircuitBreakers } from '../budget/with-circuit-breaker.ts'
import type { Clock } from '../clock.ts'
import { createCommandTerms, inWindow, NoRoomError, openCommandBudget } from './command-budget.ts'
import type { CommandBudget, CommandBudgetOptions, KeyLimits } from './command-budget.ts'
import type { Config } from '../config/config.ts'
import { secretsOf } from '../config/secrets.ts'
import { createLine } from '../gateway/line.ts'
import { createListEnds } from '../loaders/list-ends.ts'
import { createTypicalReplies } from '../planning/typical-replies.ts'
import { createCall } from '../rest/call.ts'
import type { CallBody, Question, Reply, Upstream } from '../rest/call.ts'
import type { Scope } from '../rest/scope.ts'
import { createServedTenants } from '../gateway/served-tenants.ts'
import type { Emit } from '../telemetry/events.ts'
import { createScrubber } from '../telemetry/scrubber.ts'
import { listAll } from '../webhooks/manage/list-all.ts'
import { manageSubscriptions } from '../webhooks/manage/manage.ts'
import type { ManagedTenant, Summary, Subscriptions } from '../webhooks/manage/manage.ts'
import { UsageError } from '../webhooks/manage/read-words.ts'
import type { Words } from '../webhooks/manage/read-words.ts'

export interface CommandOptions {
  readonly config: Config
  readonly clock: Clock
  /** 0 to 1; spreads retries. */
  readonly random?: () => number
  /** Receives lines for people, while the command works. */
  readonly note: (line: string) => void
  /** Ends the waits and the reads. */
  readonly signal: AbortSignal
}

/** Without Redis these calls are few a minute, and a running gateway leaves that much of its limit to them. */
const CALLS_PER_MINUTE = 10

/** A call may wait for some windows, because no person waits at a screen. */
const MAX_WAIT_WINDOWS = 10

export async function runWebhooksCommand(words: Words, options: CommandOptions): Promise<Summary> {
  const { config, clock, note, signal } = options
  if (config.callerAuth === 'passthrough')
    throw new UsageError('With CALLER_AUTH=passthrough the gateway has no credential to subscribe with.')
  if (config.aurora === null && config.tenants.length === 0)
    throw new UsageError('No credential is set: the simulated Aurora of a gateway ends with it.')
  const served = await createServedTenants(config, clock)
  const tenants = served.tenants.all().filter(({ name }) => words.tenant === null || name === words.tenant)
  if (tenants.length === 0) throw new UsageError(`There is no tenant ${words.tenant ?? ''}.`)
  const line = await openLine(words, options, {
    rateLimitOf: served.tenants.rateLimitOf,
    lowest: Math.min(...tenants.map(({ rateLimit }) => rateLimit ?? config.rateLimit)),
  })
  try {
    return await manageSubscriptions({
      ...words,
      header: config.webhooks.keyHeader,
      tenants: tenants.map(({ name, scope, webhookKeys = [] }): ManagedTenant => ({
        name,
        // A file may get a second tenant at any time, and the addresses of the first one stay as they are then.
        isNamedInPath: config.tenants.length > 0,
        secret: webhookKeys[0] ?? null,
        subscriptions: openSubscriptions(scope, { ...line, clock, signal, windowMs: config.rateWindowMs }),
      })),
      scrub: createScrubber(secretsOf(config)).scrub,
      onAction: (tenant, what) => note(`${tenant}: ${what}`),
    })
  } finally {
    await line.close()
    await served.close()
  }
}

/** The line of the gateway: its budget, which counts what was spent before and what other replicas spend, and its repeats. */
async function openLine(words: Words, options: CommandOptions, limits: KeyLimits) {
  const { config, clock, random = Math.random, signal } = options
  const emit: Emit = (name) => {
    if (name === 'spentNotKept')
      options.note(
        'What is spent cannot be kept in STATE_DIR: a gateway that starts now does not count these calls.',
      )
  }
  const { budget, shared, standings, attempt, close } = await openBudget(words, options, { emit, limits })
  const { fetch, write } = createLine({
    shared,
    cache: shared.cache,
    budget,
    breakers: createCircuitBreakers({ clock, emit, standings }),
    typicalReplies: createTypicalReplies(createListEnds({ clock })),
    standings,
    clock,
    random,
    emit,
    audit: null,
    ending: signal,
    attempt,
    refreshTimeoutMs: config.requestTimeoutMs,
    flightTimeoutMs: config.requestTimeoutMs + MAX_WAIT_WINDOWS * config.rateWindowMs,
  })
  return { fetch, write, close }
}

async function openBudget(
  { callsPerMinute }: Words,
  { note, ...options }: CommandOptions,
  given: Pick<CommandBudgetOptions, 'emit' | 'limits'>,
): Promise<CommandBudget> {
  try {
    return await openCommandBudget({
      ...options,
      ...given,
      share: inWindow(callsPerMinute ?? CALLS_PER_MINUTE, options.config),
      onUnseen: (calls) =>
        note(
          `Neither Redis nor STATE_DIR: a running gateway does not see these calls, at most ${calls} in one window. Its AURORA_RATE_LIMIT has to be lower by as many.`,
        ),
    })
  } catch (error) {
    throw error instanceof NoRoomError ? new UsageError(error.message) : error
  }
}

interface Sending {
  readonly fetch: Upstream
  readonly write: Upstream
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly windowMs: number
}

function openSubscriptions(scope: Scope, { fetch, write, clock, signal, windowMs }: Sending): Subscriptions {
  function send(question: Question, webhook?: Members): Promise<Reply> {
    const nowMs = clock.monotonicMs()
    const untilMs = nowMs + MAX_WAIT_WINDOWS * windowMs
    const isWrite = question.endpoint.form === 'write'
    const about = {
      scope,
      caller: 'webhooks',
      callClass: isWrite ? 'mutation' : 'interactive',
      signal,
    } as const
    const terms = createCommandTerms({ ...about, nowMs, untilMs })
    const body: CallBody | undefined = webhook && { json: { webhook } }
    return (isWrite ? write : fetch)(createCall(terms, question, body))
  }

  return {
    list: () => listAll((query) => send({ endpoint: READS.listWebhooks, path: {}, query })),
    async create(members) {
      await send({ endpoint: WRITES.createWebhook, path: {}, query: {} }, members)
    },
    async update(id, members) {
      await send({ endpoint: WRITES.updateWebhook, path: { webhook_id: id }, query: {} }, members)
    },
    async remove(id) {
      await send({ endpoint: WRITES.deleteWebhook, path: { webhook_id: id }, query: {} })
    },
  }
}
