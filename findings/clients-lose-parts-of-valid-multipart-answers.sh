#!/usr/bin/env bash
# Readers of incremental answers fail on valid multipart that others read; the executor of GraphQL Tools then answers `{}`, and no error.
#
# Versions: meros 1.3.2, @graphql-tools/executor-http 3.4.1 (which uses it), @apollo/client 4.3.8, @urql/core 6.0.3, rxjs 7.8.2,
# graphql 16.15.0; Node 20.20.
#
# What one would expect: the RFC about incremental delivery allows any boundary, and any serialization that the Content-Type of a part
# names. `application/graphql-response+json` is the media type of GraphQL over HTTP. Names of media types have no case. Whatever
# stands before the first boundary is to be ignored.
#
# What happens:
# - meros parses a part only if its type contains "application/json" in small letters; it hands others on as text. The
#   executor does not look at that. Its caller gets `{}`: no data, no errors. Apollo Client reports the type as an error.
# - urql reads a boundary up to its first "=". The boundaries of Python's email package, a common writer of multipart, begin with
#   fifteen of this character. Then urql reports that there is no content.
# - Apollo Client parses the text before the first boundary as JSON, and reports a syntax error.
# Each form is read by at least one of them.
#
# Source: rfcs/IncrementalDelivery.md of https://github.com/graphql/graphql-over-http; RFC 2046, 5.1.1; RFC 9110, 8.3.1; src/browser.ts
# of https://github.com/maraisr/meros; boundaryHeaderRe in packages/core/src/internal/fetchSource.ts of urql; readMultipartBody in
# src/link/http/parseAndCheckHttpResponse.ts of Apollo Client.
#
# Output seen, of a query with a deferred field:
#   as in the RFC: meros 2 parts; executor-http a and b; Apollo Client a and b; urql a and b
#   parts of application/graphql-response+json: meros 0 parts; executor-http {}; Apollo Client error; urql a and b
#   parts of Application/JSON: meros 0 parts; executor-http {}; Apollo Client a and b; urql a and b
#   boundary ===============1234==: meros 2 parts; executor-http a and b; Apollo Client a and b; urql error
#   text before the first boundary: meros 2 parts; executor-http a and b; Apollo Client error; urql a and b
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund meros@1.3.2 @graphql-tools/executor-http@3.4.1 @apollo/client@4.3.8 @urql/core@6.0.3 \
  rxjs@7.8.2 graphql@16.15.0
cat >run.mjs <<'JS'
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client'
import { Defer20220824Handler } from '@apollo/client/incremental'
import { buildHTTPExecutor } from '@graphql-tools/executor-http'
import { Client, fetchExchange } from '@urql/core'
import { parse } from 'graphql'
import { meros } from 'meros/browser'

const QUERY = '{ a ... @defer { b } }'
const RESULTS = [
  { data: { a: 1 }, hasNext: true },
  { incremental: [{ path: [], data: { b: 2 } }], hasNext: false },
]
const url = 'http://api.example/graphql'

function createAnswer({ boundary = '-', type = 'application/json; charset=utf-8', before = '' }) {
  const parts = RESULTS.map((result) => `\r\n--${boundary}\r\nContent-Type: ${type}\r\n\r\n${JSON.stringify(result)}`)
  const body = `${before}${parts.join('')}\r\n--${boundary}--\r\n`
  return new Response(body, { headers: { 'content-type': `multipart/mixed; boundary="${boundary}"` } })
}

function describe({ data, errors, error }) {
  if (errors ?? error) return 'error'
  return data?.a === 1 && data.b === 2 ? 'a and b' : JSON.stringify({ data })
}

const readers = {
  async meros(answer) {
    let count = 0
    for await (const part of await meros(answer)) if (part.json) count += 1
    return `${count} parts`
  },
  async 'executor-http'(answer) {
    let last
    const results = await buildHTTPExecutor({ endpoint: url, fetch: async () => answer })({ document: parse(QUERY) })
    for await (const result of results) last = result
    return describe(last)
  },
  'Apollo Client'(answer) {
    const link = new HttpLink({ uri: url, fetch: async () => answer })
    const client = new ApolloClient({ link, cache: new InMemoryCache(), incrementalHandler: new Defer20220824Handler() })
    return new Promise((resolve) => {
      client.watchQuery({ query: gql(QUERY) }).subscribe((result) => {
        if (result.error || result.dataState === 'complete') resolve(describe(result))
      })
    })
  },
  urql(answer) {
    const client = new Client({ url, fetch: async () => answer, exchanges: [fetchExchange], preferGetMethod: false })
    return new Promise((resolve) => {
      client.query(QUERY, {}).subscribe((result) => {
        if (!result.hasNext) resolve(describe(result))
      })
    })
  },
}

for (const [name, options] of [
  ['as in the RFC', {}],
  ['parts of application/graphql-response+json', { type: 'application/graphql-response+json' }],
  ['parts of Application/JSON', { type: 'Application/JSON' }],
  ['boundary ===============1234==', { boundary: '===============1234==' }],
  ['text before the first boundary', { before: 'An answer in parts.' }],
]) {
  const seen = []
  for (const [reader, read] of Object.entries(readers)) seen.push(`${reader} ${await read(createAnswer(options))}`)
  console.log(`${name}: ${seen.join('; ')}`)
}
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
as in the RFC: meros 2 parts; executor-http a and b; Apollo Client a and b; urql a and b
parts of application/graphql-response+json: meros 0 parts; executor-http {}; Apollo Client error; urql a and b
parts of Application/JSON: meros 0 parts; executor-http {}; Apollo Client a and b; urql a and b
boundary ===============1234==: meros 2 parts; executor-http a and b; Apollo Client a and b; urql error
text before the first boundary: meros 2 parts; executor-http a and b; Apollo Client error; urql a and b
SEEN
