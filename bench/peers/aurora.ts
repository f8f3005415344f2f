// A fake Aurora for comparisons, as fast as node:http allows: every reply is bytes before the first request.
// A process of its own; it prints its port. `/__set?latencyMs=&limit=&windowMs=` sets, `/__counts` and `/__reset` count.
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { makeProjectsPage, makeReplies, TENANT_ID } from './aurora-data.ts'

export interface Counts {
  readonly total: number
  readonly refused: number
  /** Calls for a path that was asked for before. */
  readonly repeated: number
}

const MAX_PER_PAGE = 250
const FRESH = { 'content-type': 'application/json', 'cache-control': 'max-age=300' }
const NOT_KEPT = { 'content-type': 'application/json', 'cache-control': 'no-store' }

const replies = makeReplies()
const pages = new Map<string, Buffer>()
const settings = { latencyMs: 0, limit: 0, windowMs: 60_000 }
let counts = { total: 0, refused: 0, repeated: 0 }
let seen = new Set<string>()
let window = { startedAtMs: 0, calls: 0 }

function findReply(url: string): Buffer | undefined {
  const [path = '', search = ''] = url.split('?')
  const query = new URLSearchParams(search)
  const page = Number(query.get('page') ?? 1)
  if (path !== `/tenants/${TENANT_ID}/projects`) {
    // Users and designs fit on one page.
    return page > 1 ? Buffer.from('{"users":[],"designs":[]}') : replies.get(path)
  }
  const perPage = Math.min(MAX_PER_PAGE, Number(query.get('per_page') ?? 20))
  const key = `${page}/${perPage}`
  const known = pages.get(key) ?? makeProjectsPage(page, perPage)
  pages.set(key, known)
  return known
}

function reply(response: ServerResponse, url: string): void {
  const body = replies.get(url) ?? findReply(url)
  if (body) response.writeHead(200, { ...FRESH, 'content-length': body.length }).end(body)
  else response.writeHead(404, NOT_KEPT).end('{"message":"not found"}')
}

/** The fixed window in which Aurora counts, or null while another call is allowed. */
function takeSlot(): { readonly retryAfterSeconds: number } | null {
  if (settings.limit === 0) return null
  const nowMs = Date.now()
  if (nowMs - window.startedAtMs >= settings.windowMs) window = { startedAtMs: nowMs, calls: 0 }
  window.calls += 1
  if (window.calls <= settings.limit) return null
  const leftMs = window.startedAtMs + settings.windowMs - nowMs
  return { retryAfterSeconds: Math.max(1, Math.ceil(leftMs / 1000)) }
}

function control(url: string, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1')
  if (pathname === '/__set')
    for (const name of ['latencyMs', 'limit', 'windowMs'] as const)
      settings[name] = Number(searchParams.get(name) ?? settings[name])
  const body = JSON.stringify(counts)
  if (pathname === '/__reset') {
    counts = { total: 0, refused: 0, repeated: 0 }
    seen = new Set()
    window = { startedAtMs: 0, calls: 0 }
  }
  response.writeHead(200, NOT_KEPT).end(body)
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { url = '/' } = request
  if (url.startsWith('/__')) return control(url, response)
  counts.total += 1
  if (seen.has(url)) counts.repeated += 1
  seen.add(url)
  const refusal = takeSlot()
  if (refusal) {
    counts.refused += 1
    response.writeHead(429, { ...NOT_KEPT, 'retry-after': String(refusal.retryAfterSeconds) })
    response.end('{"message":"rate limit exceeded"}')
  } else if (settings.latencyMs > 0) setTimeout(reply, settings.latencyMs, response, url)
  else reply(response, url)
}

const server = createServer({ keepAliveTimeout: 60_000 }, answer)
server.listen(0, '127.0.0.1', () => console.log(`port ${(server.address() as AddressInfo).port}`))
