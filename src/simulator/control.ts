// The simulator's own paths, by which another process sets faults and reads what was called.

import { readBody, sendJson } from './exchange.ts'
import type { Exchange } from './exchange.ts'
import { parseFault } from './faults.ts'
import type { Fault, Faults } from './faults.ts'
import type { Ledger } from './ledger.ts'
import { Refusal } from './operation.ts'
import { isOperationId } from './routes.ts'
import { parseShape } from './shape.ts'
import type { Switches } from './switches.ts'
import { parseAppChange } from './webhooks/app-change.ts'
import type { ChangeInApp } from './webhooks/app-changes.ts'
import { parseWebhookFaults } from './webhooks/webhook-faults.ts'
import type { Webhooks } from './webhooks/webhooks.ts'

export const CONTROL_PREFIX = '/_simulator/'

export interface Controlled extends Pick<Switches, 'setShape' | 'setForbidden' | 'setJobMs'> {
  readonly faults: Faults
  readonly ledger: Ledger
  readonly windowMs: number
  /** Replaces the earlier list: names of kinds of jobs, such as `ai_roof`, of which every job will fail. */
  setFailingJobs(names: readonly string[]): void
  readonly webhooks: Pick<Webhooks, 'setFaults' | 'report'>
  /** A change that a user makes in the app, and its events. Throws a refusal if it cannot be made. */
  changeInApp: ChangeInApp
}

/** Never counted, and no key needed: these paths are not Aurora's. */
export async function answerControl(exchange: Exchange, path: string, controlled: Controlled): Promise<void> {
  const { method = 'GET' } = exchange.request
  const text = await readBody(exchange.request)
  const command = COMMANDS[`${method} ${path.slice(CONTROL_PREFIX.length)}`]
  if (!command) return sendJson(exchange, 404, { errors: [{ message: 'no such control' }] })
  const { status, body } = carryOut(() => command(controlled, parse(text)))
  return sendJson(exchange, status, body)
}

function carryOut(command: () => object | undefined): { status: number; body: unknown } {
  try {
    const body = command()
    if (body !== undefined) return { status: 200, body }
    return { status: 400, body: { errors: [{ message: 'body not understood' }] } }
  } catch (error) {
    if (error instanceof Refusal) return error.answer
    throw error
  }
}

/** Undefined means that the body was not understood, and that nothing was changed. */
type Command = (controlled: Controlled, body: unknown) => object | undefined

const COMMANDS: Readonly<Record<string, Command>> = {
  'PUT faults': ({ faults }, body) => {
    const rules = Array.isArray(body) ? body.map(parseRule) : undefined
    if (!rules || rules.includes(undefined)) return undefined
    for (const rule of rules) if (rule) faults.set(rule.path, rule.fault, rule.options)
    return { faults: rules.length }
  },
  'DELETE faults': ({ faults }) => {
    faults.clear()
    return {}
  },
  'GET calls': ({ ledger, windowMs }) => ({
    calls: ledger.calls,
    worst_window: ledger.worstWindow(windowMs),
    worst_fixed_window: ledger.worstFixedWindow(windowMs),
    refusals: ledger.refusals(),
  }),
  'DELETE calls': ({ ledger }) => {
    ledger.clear()
    return {}
  },
  'PUT shape': ({ setShape }, body) => {
    const shape = parseShape(body)
    if (shape) setShape(shape)
    return shape
  },
  'PUT jobs': ({ setFailingJobs, setJobMs }, body) => {
    const { ms, failing } = (body ?? {}) as { ms?: unknown; failing?: unknown }
    const isMsGood = ms === undefined || (typeof ms === 'number' && ms >= 0)
    const isFailingGood =
      failing === undefined || (Array.isArray(failing) && failing.every((name) => typeof name === 'string'))
    if (!isMsGood || !isFailingGood) return undefined
    if (ms !== undefined) setJobMs(ms)
    if (failing !== undefined) setFailingJobs(failing)
    return { ms, failing }
  },
  'POST app': ({ changeInApp }, body) => {
    const change = parseAppChange(body)
    return change && { events: changeInApp(change) }
  },
  'PUT webhooks': ({ webhooks }, body) => {
    const faults = parseWebhookFaults(body)
    if (faults) webhooks.setFaults(faults)
    return faults
  },
  'GET webhooks': ({ webhooks }) => webhooks.report(),
  'PUT forbidden': ({ setForbidden }, body) => {
    if (!Array.isArray(body) || !body.every(isOperationId)) return undefined
    setForbidden(body)
    return { forbidden: body.length }
  },
}

interface Rule {
  readonly path: string
  readonly fault: Fault
  readonly options: { readonly times?: number }
}

function parseRule(value: unknown): Rule | undefined {
  if (typeof value !== 'object' || value === null || !('path' in value) || !('fault' in value))
    return undefined
  const fault = parseFault(value.fault)
  if (typeof value.path !== 'string' || fault === undefined) return undefined
  const options = 'times' in value && typeof value.times === 'number' ? { times: value.times } : {}
  return { path: value.path, fault, options }
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}
