#!/usr/bin/env bash
# urql reads one form of event streams only, and loses the results of streams in other valid forms.
#
# Versions: @urql/core 6.0.3 with `fetchSubscriptions: true`, graphql-sse 2.6.1 for comparison; Node 20.20.
#
# What one would expect: by the HTML standard a line ends with LF, CR LF or CR; several `data:` lines of one event are joined with
# LF; a line that begins with a colon is a comment, whatever follows. Servers use all of this: Ariadne, a GraphQL server, ends its
# lines with CR LF, and a server that splits data at its line ends sends formatted JSON as several `data:` lines.
#
# What happens: urql splits the stream at two LF, and searches each part for the first "data:". With CR LF it finds no event,
# waits for the end of the stream, and reports "No Content". Of several `data:` lines it parses the first alone. It parses a
# comment with "data:" in it as a result. The subscription ends with an error each time; graphql-sse reads all of these streams.
#
# Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream; parseEventStream in
# src/internal/fetchSource.ts of urql; DEFAULT_SEPARATOR in ariadne/contrib/sse.py of https://github.com/mirumee/ariadne.
#
# Output seen:
#   LF: urql 1 2, graphql-sse 1 2
#   CR LF: urql [Network] No Content, graphql-sse 1 2
#   two data lines: urql an error of JSON, graphql-sse 1 2
#   comment: urql an error of JSON, graphql-sse 1 2
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @urql/core@6.0.3 graphql-sse@2.6.1 graphql@16.15.0
cat >run.mjs <<'JS'
import { Client, fetchExchange } from '@urql/core'
import { createClient } from 'graphql-sse'

const query = 'subscription { count }'
const next = (count) => `event: next\ndata: {"data":{"count":${count}}}\n\n`
const plain = `${next(1)}${next(2)}event: complete\ndata:\n\n`
const streams = {
  LF: plain,
  'CR LF': plain.replaceAll('\n', '\r\n'),
  'two data lines': plain.replace('{"data":', '{"data":\ndata: '),
  comment: `: data: of today\n\n${plain}`,
}
for (const [name, text] of Object.entries(streams)) {
  const fetch = async () => new Response(text, { headers: { 'content-type': 'text/event-stream' } })

  const client = new Client({
    url: 'http://localhost/',
    fetch,
    fetchSubscriptions: true,
    preferGetMethod: false,
    exchanges: [fetchExchange],
  })
  const byUrql = []
  await new Promise((resolve) => {
    client.subscription(query, {}).subscribe(({ data, error, hasNext }) => {
      // The end of the stream repeats the last result.
      if (hasNext) byUrql.push(data.count)
      else if (error) byUrql.push(error.message.includes('JSON') ? 'an error of JSON' : error.message)
      if (!hasNext) resolve()
    })
  })

  const bySse = []
  const sse = createClient({ url: 'http://localhost/', fetchFn: fetch, retryAttempts: 0 })
  for await (const { data } of sse.iterate({ query })) bySse.push(data.count)
  console.log(`${name}: urql ${byUrql.join(' ')}, graphql-sse ${bySse.join(' ')}`)
}
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
LF: urql 1 2, graphql-sse 1 2
CR LF: urql [Network] No Content, graphql-sse 1 2
two data lines: urql an error of JSON, graphql-sse 1 2
comment: urql an error of JSON, graphql-sse 1 2
SEEN
