// GraphQL Yoga, or graphql-jit over bare node:http, over the same hand-made schema. MODE:
// `naive`: a first version, one global fetch per field; `dataloader`: a DataLoader per request;
// `cached`: a DataLoader and the plugin that caches responses; `map`: a DataLoader over a map of replies that is filled
// once; `jit-map`: the same map, documents compiled by graphql-jit, and no Yoga.
import { createServer } from 'node:http'
import { useResponseCache } from '@graphql-yoga/plugin-response-cache'
import DataLoader from 'dataloader'
import { parse, validate } from 'graphql'
import { compileQuery } from 'graphql-jit'
import { createYoga } from 'graphql-yoga'
import { LRUCache } from 'lru-cache'
import { Pool } from 'undici'
import { createApi, schema } from './schema.mjs'

const { MODE, PORT, AURORA_URL } = process.env
const AN_HOUR_MS = 3_600_000
const MAX_REPLIES = 20_000
const CONNECTIONS = 256

async function readByFetch(path) {
  const response = await fetch(AURORA_URL + path)
  if (!response.ok) throw new Error(`Aurora answered ${response.status}`)
  return response.json()
}

function createPooledRead() {
  const { origin, pathname } = new URL(AURORA_URL)
  const pool = new Pool(origin, { connections: CONNECTIONS, pipelining: 1 })
  return async (path) => {
    const { statusCode, body } = await pool.request({ path: pathname + path, method: 'GET' })
    if (statusCode === 200) return body.json()
    await body.dump()
    throw new Error(`Aurora answered ${statusCode}`)
  }
}

/** Replies, and those under way, by path: what a hand-made cache of Aurora's replies looks like. */
function withMap(read) {
  const replies = new LRUCache({ max: MAX_REPLIES, ttl: AN_HOUR_MS })
  return (path) => {
    const known = replies.get(path)
    if (known) return known
    const reply = read(path)
    reply.catch(() => replies.delete(path))
    replies.set(path, reply)
    return reply
  }
}

function createContext(read) {
  const loader = new DataLoader((paths) =>
    Promise.all(paths.map((path) => read(path).catch((error) => error))),
  )
  return { api: createApi((path) => loader.load(path)) }
}

function createYogaHandler(read, plugins = []) {
  const context = MODE === 'naive' ? { api: createApi(read) } : () => createContext(read)
  return createYoga({ schema, context, plugins, graphiql: false, landingPage: false, logging: false })
}

function createJitHandler(read) {
  const compiled = new Map()
  const compile = (text) => {
    const document = parse(text)
    const errors = validate(schema, document)
    const query = errors.length > 0 ? () => ({ errors }) : compileQuery(schema, document).query
    compiled.set(text, query)
    return query
  }
  return (request, response) => {
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', async () => {
      const { query: text, variables } = JSON.parse(Buffer.concat(chunks))
      const query = compiled.get(text) ?? compile(text)
      const body = Buffer.from(JSON.stringify(await query({}, createContext(read), variables)))
      response.writeHead(200, {
        'content-type': 'application/json; charset=utf-8',
        'content-length': body.length,
      })
      response.end(body)
    })
  }
}

const handlers = {
  naive: () => createYogaHandler(readByFetch),
  dataloader: () => createYogaHandler(readByFetch),
  cached: () => createYogaHandler(readByFetch, [useResponseCache({ session: () => null, ttl: AN_HOUR_MS })]),
  map: () => createYogaHandler(withMap(createPooledRead())),
  'jit-map': () => createJitHandler(withMap(createPooledRead())),
}

createServer(handlers[MODE]()).listen(Number(PORT), '127.0.0.1')
