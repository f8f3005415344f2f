// An Aurora that answers any read of one project and counts: when each call of each API key arrived, and when it was answered.
import { createServer } from 'node:http'
import { listenLocally } from './local-server.ts'

export interface CountedCall {
  /** The token, or the key of the older signature. */
  readonly key: string
  readonly tenantId: string
  readonly arrivedAtMs: number
  /** Null while it is not answered. */
  answeredAtMs: number | null
}

export interface CountingAurora extends AsyncDisposable {
  readonly url: string
  readonly calls: readonly CountedCall[]
  /** The most calls that any `windowMs` contain, whichever of its moments Aurora counts a call at. */
  worst(windowMs: number): number
}

export interface CountingAuroraOptions {
  readonly latencyMs?: number
  /** Answers the n-th call, counted from 1, with 429. */
  readonly isRefused?: (nth: number) => boolean
}

export async function openCountingAurora(options: CountingAuroraOptions = {}): Promise<CountingAurora> {
  const { latencyMs = 0, isRefused = () => false } = options
  const calls: CountedCall[] = []
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://aurora.test')
    const [, tenantId = '', projectId = ''] = /\/tenants\/([^/]+)\/projects\/([^/]+)$/.exec(pathname) ?? []
    const key = searchParams.get('AuroraKey') ?? (request.headers.authorization ?? '').replace(/^Bearer /, '')
    const call: CountedCall = { key, tenantId, arrivedAtMs: performance.now(), answeredAtMs: null }
    calls.push(call)
    const status = isRefused(calls.length) ? 429 : 200
    setTimeout(() => {
      call.answeredAtMs = performance.now()
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ project: { id: projectId, name: `of ${tenantId}` } }))
    }, latencyMs)
  })
  const local = await listenLocally(server)
  return {
    url: local.url,
    calls,
    worst: (windowMs) =>
      Math.max(
        mostWithin(
          calls.map(({ arrivedAtMs }) => arrivedAtMs),
          windowMs,
        ),
        mostWithin(
          calls.map(({ arrivedAtMs, answeredAtMs }) => answeredAtMs ?? arrivedAtMs),
          windowMs,
        ),
      ),
    async [Symbol.asyncDispose]() {
      await local[Symbol.asyncDispose]()
    },
  }
}

/** No fixed window contains more than the fullest sliding one. */
function mostWithin(times: readonly number[], windowMs: number): number {
  const sorted = times.toSorted((one, other) => one - other)
  return Math.max(
    0,
    ...sorted.map((fromMs, index) => sorted.slice(index).filter((atMs) => atMs - fromMs < windowMs).length),
  )
}
