#!/usr/bin/env bash
# The retries of undici join the first half of one version of a resource to the second half of another, and report success.
#
# Versions: undici 7.30.2 and 8.13.1 (on node 24.22.3, because 8 needs it); Node 20.20.
#
# What one would expect: by RFC 9110 parts of a body may be joined only if all of them have the same strong validator. Without one,
# a broken answer is asked for as a whole, or the request fails.
#
# What happens: `interceptors.retry()` and RetryAgent ask for the rest of a broken body with a Range, by default. With a strong
# ETag they send If-Match and compare. They forget a weak ETag and do not look at Last-Modified. Then they join what comes, even
# if the rest has another ETag or date. The caller gets a 200 with the right length and no error. Weak ETags are common:
# express.static sends them, and it answers a Range.
#
# Source: RFC 9110, section 15.3.7.3; onResponseStart in lib/handler/retry-handler.js.
#
# Output seen, of both versions:
#   strong ETag, then another: RequestRetryError
#   weak ETag, then another: 200, 50000 old + 50000 new
#   Last-Modified, then another: 200, 50000 old + 50000 new
#   no validator: 200, 50000 old + 50000 new
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
node24="node-$(node -p 'process.platform + "-" + process.arch')"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts undici7@npm:undici@7.30.2 undici8@npm:undici@8.13.1 "$node24@24.22.3"
cat >run.mjs <<'JS'
import http from 'node:http'

const { Agent, interceptors, request } = await import(process.argv[2])
const HALF = 50_000
const cases = {
  'strong ETag, then another': [{ etag: '"1"' }, { etag: '"2"' }],
  'weak ETag, then another': [{ etag: 'W/"1"' }, { etag: 'W/"2"' }],
  'Last-Modified, then another': [
    { 'last-modified': 'Mon, 01 Jan 2024 00:00:00 GMT' },
    { 'last-modified': 'Tue, 02 Jan 2024 00:00:00 GMT' },
  ],
  'no validator': [{}, {}],
}
for (const [name, [before, after]] of Object.entries(cases)) {
  let requests = 0
  const server = http.createServer(({ headers }, response) => {
    requests += 1
    if (requests === 1) {
      response.writeHead(200, { ...before, 'content-length': 2 * HALF })
      response.write('o'.repeat(HALF), () => response.destroy())
      return
    }
    // The resource has changed meanwhile. A condition on its old version does not hold.
    if (headers['if-match']) response.writeHead(412, after).end()
    else if (!headers.range) response.writeHead(200, after).end('n'.repeat(2 * HALF))
    else {
      const from = Number(/^bytes=(\d+)-/.exec(headers.range)[1])
      response.writeHead(206, { ...after, 'content-range': `bytes ${from}-${2 * HALF - 1}/${2 * HALF}` })
      response.end('n'.repeat(2 * HALF - from))
    }
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const agent = new Agent()
  const dispatcher = agent.compose(interceptors.retry({ minTimeout: 1 }))
  const count = (text, letter) => text.split(letter).length - 1
  const seen = await request(`http://127.0.0.1:${server.address().port}/`, { dispatcher })
    .then(async ({ statusCode, body }) => {
      const text = await body.text()
      return `${statusCode}, ${count(text, 'o')} old + ${count(text, 'n')} new`
    })
    .catch((error) => error.name)
  console.log(`${name}: ${seen}`)
  await agent.close()
  server.close()
}
JS
for run in 'node undici7' "node_modules/$node24/bin/node undici8"; do
  read -r program package <<<"$run"
  echo "$package"
  "$program" run.mjs "$package" | tee seen
  diff seen - <<'SEEN'
strong ETag, then another: RequestRetryError
weak ETag, then another: 200, 50000 old + 50000 new
Last-Modified, then another: 200, 50000 old + 50000 new
no validator: 200, 50000 old + 50000 new
SEEN
done
