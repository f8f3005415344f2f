// Two companies behind one gateway, each with an Aurora of its own, in which every name contains the mark of the company.
import { createHash } from 'node:crypto'
import type { Clock } from '../../src/clock.ts'
import { createSystemClock } from '../../src/clock.ts'
import { readConfig } from '../../src/config/read-config.ts'
import type { Config } from '../../src/config/config.ts'
import { createGateway } from '../../src/gateway/gateway.ts'
import type { Gateway } from '../../src/gateway/gateway.ts'
import { createSimulator, DEFAULT_TOKEN } from '../../src/simulator/simulator.ts'
import type { Simulator } from '../../src/simulator/simulator.ts'
import type { DataSet } from '../../src/simulator/data.ts'
import type { Metrics } from '../../src/telemetry/metrics.ts'
import { createRequestRecord } from '../../src/telemetry/request-record.ts'
import { openRewritingProxy } from './rewriting-proxy.ts'

export type Company = 'sun' | 'moon'
export const COMPANIES: readonly Company[] = ['sun', 'moon']
export const otherOf = (company: Company): Company => (company === 'sun' ? 'moon' : 'sun')

const SEEDS: Readonly<Record<Company, number>> = { sun: 11, moon: 12 }
/** No text of the simulator contains these. */
const MARKS: Readonly<Record<Company, string>> = { sun: 'q7SUNq', moon: 'q7MOONq' }

export const webhookKeyOf = (company: Company): string => `the-secret-of-the-${company}`

export interface Answered {
  readonly status: number
  /** Headers and body, as they came. */
  readonly bytes: string
  readonly etag: string | null
  readonly body: {
    readonly data?: Record<string, unknown> | null
    readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[]
    readonly extensions?: { readonly upstream: { readonly calls: number } }
  } | null
}

export interface TwoTenants extends AsyncDisposable {
  readonly simulators: Readonly<Record<Company, Simulator>>
  dataOf(company: Company): DataSet
  /** Starts one more gateway before the same two Auroras. */
  open(config?: Partial<Config>, clock?: Clock, metrics?: Metrics): Promise<Gateway>
  ask(gateway: Gateway, company: Company, body: object, headers?: Record<string, string>): Promise<Answered>
  /** Closes its Aurora. */
  down(company: Company): Promise<void>
  /** Finds what an answer to one company contains of the other: its mark, or one of its ids. Both share the ids of Aurora's catalogue. */
  foreignIn(answer: Answered, company: Company): string[]
}

const sha256 = (key: string): string => createHash('sha256').update(key).digest('hex')

export async function createTwoTenants(): Promise<TwoTenants> {
  const made = await Promise.all(
    COMPANIES.map(async (company) => {
      const tenantId = `tenant-${company}`
      const simulator = createSimulator({
        seed: SEEDS[company],
        projectCount: 40,
        tenantId,
        limit: 1_000_000,
      })
      const { url } = await simulator.listen()
      const proxy = await openRewritingProxy(url, { authorization: `Bearer ${DEFAULT_TOKEN}` })
      proxy.setRewrite((body) => withMark(body, MARKS[company]))
      return { company, tenantId, simulator, proxy }
    }),
  )
  const of = <Value>(pick: (each: (typeof made)[number]) => Value) =>
    Object.fromEntries(made.map((each) => [each.company, pick(each)])) as Record<Company, Value>
  const proxies = of(({ proxy }) => proxy)
  const simulators = of(({ simulator }) => simulator)
  const ids = of(({ simulator }) => new Set(JSON.stringify(simulator.data.projects).match(UUID)))
  const gateways: Gateway[] = []
  const settings = readConfig({ AURORA_RATE_LIMIT: '1000000' })

  async function open(
    config: Partial<Config> = {},
    clock: Clock = createSystemClock(),
    metrics: Metrics | null = null,
  ): Promise<Gateway> {
    const tenants = made.map(({ company, tenantId, proxy }) => ({
      name: company,
      aurora: {
        baseUrl: new URL(proxy.url),
        tenantId,
        credential: { kind: 'bearer' as const, token: DEFAULT_TOKEN },
      },
      keys: [{ name: 'app', sha256: sha256(company), isReadOnly: false }],
      webhookKeys: [webhookKeyOf(company)],
      rateLimit: null,
    }))
    const log = { info: () => {}, warn: () => {}, error: () => {} }
    const gateway = await createGateway(
      { ...settings, callerAuth: 'keys', tenants, ...config },
      { log, clock, metrics },
    )
    gateways.push(gateway)
    return gateway
  }

  return {
    simulators,
    dataOf: (company) => simulators[company].data,
    open,
    async ask(gateway, company, body, headers = {}) {
      const caller = await gateway.authenticate(new Headers({ 'x-api-key': company }))
      if (!caller) throw new Error('not let in')
      const isGet = 'if-none-match' in headers
      const request = isGet
        ? new Request(`http://gateway.test/graphql?${toSearch(body)}`, { headers })
        : new Request('http://gateway.test/graphql', {
            method: 'POST',
            headers: { 'content-type': 'application/json', ...headers },
            body: JSON.stringify(body),
          })
      const response = await gateway.handle(request, caller, createRequestRecord('test'))
      const text = await response.text()
      return {
        status: response.status,
        bytes: JSON.stringify([...response.headers]) + text,
        etag: response.headers.get('etag'),
        body: text === '' ? null : (JSON.parse(text) as Answered['body']),
      }
    },
    async down(company) {
      await proxies[company][Symbol.asyncDispose]()
    },
    foreignIn({ bytes }, company) {
      const other = otherOf(company)
      const foreignIds = (bytes.match(UUID) ?? []).filter((id) => ids[other].has(id) && !ids[company].has(id))
      return bytes.includes(MARKS[other]) ? [...foreignIds, MARKS[other]] : foreignIds
    },
    async [Symbol.asyncDispose]() {
      for (const gateway of gateways) await gateway.close()
      for (const { proxy, simulator } of made) {
        await proxy[Symbol.asyncDispose]()
        await simulator.close()
      }
    },
  }
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

const toSearch = (body: object): string =>
  new URLSearchParams(
    Object.entries(body).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  ).toString()

/** Members whose text is free. */
const NAMES = /^(name|first_name|last_name|email|title|description|manufacturer|property_address)$/

function withMark(value: unknown, mark: string): unknown {
  if (Array.isArray(value)) return value.map((each) => withMark(each, mark))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      typeof inner === 'string' && NAMES.test(name) ? `${inner} ${mark}` : withMark(inner, mark),
    ]),
  )
}
