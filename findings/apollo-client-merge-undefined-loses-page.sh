#!/usr/bin/env bash
# A `merge` function that returns undefined, together with relayStylePagination, loses the page that fetchMore brought.
#
# Versions: @apollo/client 4.3.8, graphql 16.15.0, rxjs 7.8.2; Node 20.20.
#
# What one would expect: `merge: (known, incoming) => incoming ?? known` keeps a known list when an answer has null in its
# place, and stores null when nothing is known.
#
# What happens: with nothing known it returns undefined, and a field whose merge returns undefined counts as missing. The
# page that fetchMore brought then leaves the watched query incomplete in the cache, so Apollo Client asks for the watched
# query again, without `after`; relayStylePagination replaces the list by that first page. The app has spent one more
# request, and the fetched page is gone without an error. With `?? null` at the end, the page is appended.
#
# Source: the documentation of field policies says that a missing value is undefined; that a merge function can make one,
# and what fetchMore then does, was seen by running it.
#
# Output seen:
#   incoming ?? known: asked for [null,"b",null], shows 2 items
#   incoming ?? known ?? null: asked for [null,"b"], shows 4 items
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @apollo/client@4.3.8 graphql@16.15.0 rxjs@7.8.2
cat >run.mjs <<'JS'
import { ApolloClient, ApolloLink, gql, InMemoryCache } from '@apollo/client'
import { relayStylePagination } from '@apollo/client/utilities'
import { of } from 'rxjs'

const QUERY = gql`
  query Items($after: String) {
    items(after: $after) {
      edges { cursor node { id parts } }
      pageInfo { hasNextPage endCursor }
    }
  }
`
const page = (ids, parts) => ({
  data: {
    items: {
      __typename: 'ItemConnection',
      edges: ids.map((id) => ({ __typename: 'ItemEdge', cursor: id, node: { __typename: 'Item', id, parts } })),
      pageInfo: { __typename: 'PageInfo', hasNextPage: true, endCursor: ids.at(-1) },
    },
  },
})
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
// In development Apollo Client also describes the incomplete cache at length.
console.error = console.warn = () => {}

async function run(name, merge) {
  const asked = []
  const client = new ApolloClient({
    cache: new InMemoryCache({
      typePolicies: {
        Query: { fields: { items: relayStylePagination() } },
        Item: { fields: { parts: { merge } } },
      },
    }),
    link: new ApolloLink(({ variables }) => {
      asked.push(variables.after ?? null)
      return of(variables.after ? page(['c', 'd'], null) : page(['a', 'b'], ['x']))
    }),
  })
  const watched = client.watchQuery({ query: QUERY, errorPolicy: 'all' })
  watched.subscribe(() => {})
  await pause(200)
  await watched.fetchMore({ variables: { after: 'b' }, errorPolicy: 'all' })
  await pause(1000)
  const shown = watched.getCurrentResult().data.items.edges.length
  console.log(`${name}: asked for ${JSON.stringify(asked)}, shows ${shown} items`)
}

await run('incoming ?? known', (known, incoming) => incoming ?? known)
await run('incoming ?? known ?? null', (known, incoming) => incoming ?? known ?? null)
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
incoming ?? known: asked for [null,"b",null], shows 2 items
incoming ?? known ?? null: asked for [null,"b"], shows 4 items
SEEN
