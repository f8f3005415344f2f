#!/usr/bin/env bash
# simplePagination of urql joins pages in a wrong order, if they are not asked for one after the other from the first.
#
# Versions: @urql/exchange-graphcache 9.0.2, @urql/core 6.0.3, graphql 16.15.0; @apollo/client 4.3.8 with rxjs 7.8.2 for
# comparison, which is right; Node 20.20.
#
# What one would expect: simplePagination joins the pages of a list that is asked for by offset and limit. Each page says by its offset
# where it belongs, so the list has one order, whichever page was asked for first: by the default, pages with a higher offset come
# after the others.
#
# What happens: pages are joined in the order in which they are stored. Of each page only the page that was stored before it is looked
# at: if that one has a smaller offset, or the offset 0, the page goes to the end of the list, else to its beginning, and never
# between two pages. A user who jumps from page 1 to page 3 and scrolls back to 2 sees 3 4 1 2 5 6; who starts with page 3 sees page
# 2 behind it. It stays so in every query of this list, and nothing tells the app.
#
# Source: exchanges/graphcache/src/extras/simplePagination.ts of https://github.com/urql-graphql/urql, and issue 1173 there, which
# describes the default. Issue 3876 is about the order of pages in relayPagination; its correction left this function as it was.
#
# Output seen:
#   urql, pages 1 2 3: 1 2 3 4 5 6
#   urql, pages 1 3 2: 3 4 1 2 5 6
#   urql, pages 3 1 2: 1 2 5 6 3 4
#   urql, pages 3 2 1: 1 2 3 4 5 6
#   Apollo Client, pages 1 3 2: 1 2 3 4 5 6
#   Apollo Client, pages 3 1 2: 1 2 3 4 5 6
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @urql/core@6.0.3 @urql/exchange-graphcache@9.0.2 @apollo/client@4.3.8 rxjs@7.8.2 graphql@16.15.0
cat >run.mjs <<'JS'
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client'
import { offsetLimitPagination } from '@apollo/client/utilities'
import { Client, fetchExchange } from '@urql/core'
import { cacheExchange } from '@urql/exchange-graphcache'
import { simplePagination } from '@urql/exchange-graphcache/extras'

const url = 'http://api.example/'
const QUERY = 'query ($offset: Int!, $limit: Int!) { list(offset: $offset, limit: $limit) { __typename id } }'
const variablesOf = (page) => ({ offset: (page - 1) * 2, limit: 2 })
const show = (list) => list.map(({ id }) => id).join(' ')

async function answer(_url, { body }) {
  const { offset, limit } = JSON.parse(body).variables
  const list = Array.from({ length: limit }, (_each, index) => ({ __typename: 'Item', id: String(offset + index + 1) }))
  return Response.json({ data: { list } })
}

const clients = {
  async urql(pages) {
    const cache = cacheExchange({ resolvers: { Query: { list: simplePagination({ offsetArgument: 'offset' }) } } })
    const client = new Client({ url, fetch: answer, exchanges: [cache, fetchExchange], preferGetMethod: false })
    for (const page of pages) await client.query(QUERY, variablesOf(page)).toPromise()
    const { data } = await client.query(QUERY, variablesOf(1), { requestPolicy: 'cache-only' }).toPromise()
    return show(data.list)
  },
  async 'Apollo Client'(pages) {
    const cache = new InMemoryCache({ typePolicies: { Query: { fields: { list: offsetLimitPagination() } } } })
    const client = new ApolloClient({ cache, link: new HttpLink({ uri: url, fetch: answer }) })
    const query = gql(QUERY)
    // With the policy network-only each page is asked for.
    for (const page of pages) await client.query({ query, variables: variablesOf(page), fetchPolicy: 'network-only' })
    return show(client.readQuery({ query, variables: variablesOf(1) }).list)
  },
}
for (const [name, orders] of [
  ['urql', [[1, 2, 3], [1, 3, 2], [3, 1, 2], [3, 2, 1]]],
  ['Apollo Client', [[1, 3, 2], [3, 1, 2]]],
]) {
  for (const pages of orders) console.log(`${name}, pages ${pages.join(' ')}: ${await clients[name](pages)}`)
}
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
urql, pages 1 2 3: 1 2 3 4 5 6
urql, pages 1 3 2: 3 4 1 2 5 6
urql, pages 3 1 2: 1 2 5 6 3 4
urql, pages 3 2 1: 1 2 3 4 5 6
Apollo Client, pages 1 3 2: 1 2 3 4 5 6
Apollo Client, pages 3 1 2: 1 2 3 4 5 6
SEEN
