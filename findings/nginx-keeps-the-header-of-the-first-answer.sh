#!/usr/bin/env bash
# nginx ignores the header fields of a 304: clients get the Cache-Control of the first answer, and what became private stays cached.
#
# Versions: nginx 1.22.1 of Debian 12, which has to be installed, with `proxy_cache_revalidate on`; http-cache-semantics 4.3.0
# for comparison; Node 20.20.
#
# What one would expect, by RFC 9111: a cache that gets a 304 must update the header fields of the stored answer with those of the
# 304. The new Cache-Control holds for itself, and for the clients that it gives the answer to.
#
# What happens: nginx takes from the 304 only how long the answer is fresh for itself. Clients get the old fields, until the body
# changes: a server that shortens max-age from a day to a minute does not reach browsers. If the 304 has `private` or `no-store`, nginx
# works out the time from the stored fields, and gives the answer to everybody for as long as before, then asks, and so on.
#
# Source: RFC 9111, sections 3.2 and 4.3.4; ngx_http_upstream_test_next in src/http/ngx_http_upstream.c. The issue 1234 of
# https://github.com/nginx/nginx is about another field, the Age, which nginx does not count either.
#
# Output seen:
#   first answer: MISS, s-maxage=1, max-age=86400, X-Version 1
#   the 304 has: s-maxage=1000, max-age=60, X-Version 2
#   nginx after it: HIT, s-maxage=1, max-age=86400, X-Version 1
#   http-cache-semantics after it: s-maxage=1000, max-age=60, X-Version 2
#   the 304 has no-store: nginx gives it from the cache again
#   the 304 has private: nginx gives it from the cache again
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund http-cache-semantics@4.3.0
cat >run.mjs <<'JS'
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import http from 'node:http'
import CachePolicy from 'http-cache-semantics'

const first = { 'cache-control': 's-maxage=1, max-age=86400', 'x-version': '1', etag: '"1"' }
const second = {
  '/shorter': { 'cache-control': 's-maxage=1000, max-age=60', 'x-version': '2', etag: '"1"' },
  '/no-store': { 'cache-control': 'no-store', 'x-version': '2', etag: '"1"' },
  '/private': { 'cache-control': 'private, max-age=60', 'x-version': '2', etag: '"1"' },
}
let requests = 0
const origin = http.createServer((request, response) => {
  requests += 1
  if (request.headers['if-none-match']) response.writeHead(304, second[request.url]).end()
  else response.writeHead(200, first).end('body')
})
const origins = await listen(origin)
// A free port for nginx: one that was free a moment ago.
const probe = http.createServer()
const port = await listen(probe)
await new Promise((resolve) => probe.close(resolve))

const here = process.cwd()
const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${here}/${name};`)
writeFileSync(
  'nginx.conf',
  `daemon off; pid ${here}/pid; error_log stderr crit; worker_processes 1;
  ${process.getuid() === 0 ? 'user root;' : ''}
  events {}
  http {
    access_log off; ${places.join(' ')}
    proxy_cache_path ${here}/cache keys_zone=zone:1m use_temp_path=off;
    server {
      listen 127.0.0.1:${port};
      location / {
        proxy_pass http://127.0.0.1:${origins}; proxy_cache zone; proxy_cache_revalidate on;
        add_header X-Cache $upstream_cache_status;
      }
    }
  }`,
)
const nginx = spawn('nginx', ['-e', 'stderr', '-p', here, '-c', `${here}/nginx.conf`], { stdio: 'inherit' })

const show = (headers) => `${headers['cache-control']}, X-Version ${headers['x-version']}`
const answer = await untilItListens('/shorter')
console.log(`first answer: ${answer['x-cache']}, ${show(answer)}`)
console.log(`the 304 has: ${show(second['/shorter'])}`)
const after = await afterRevalidation('/shorter')
console.log(`nginx after it: ${after['x-cache']}, ${show(after)}`)
const request = { url: '/', method: 'GET', headers: {} }
const policy = new CachePolicy(request, { status: 200, headers: first })
const { policy: updated } = policy.revalidatedPolicy(request, { status: 304, headers: second['/shorter'] })
console.log(`http-cache-semantics after it: ${show(updated.responseHeaders())}`)
for (const path of ['/no-store', '/private']) {
  await get(path)
  const { 'x-cache': status } = await afterRevalidation(path)
  const end = status === 'HIT' ? 'gives it from the cache again' : 'asks each time'
  console.log(`the 304 has ${path.slice(1)}: nginx ${end}`)
}
nginx.kill()
origin.close()
origin.closeAllConnections()

/** Asks until the server has confirmed the answer, and then until it comes from the cache or was confirmed 20 times. */
async function afterRevalidation(path) {
  let headers = await get(path)
  while (headers['x-cache'] !== 'REVALIDATED') headers = await get(path)
  const confirmed = requests
  do headers = await get(path)
  while (headers['x-cache'] !== 'HIT' && requests < confirmed + 20)
  return headers
}

async function untilItListens(path) {
  for (;;) {
    const headers = await get(path).catch(() => undefined)
    if (headers) return headers
    if (nginx.exitCode !== null) throw new Error('nginx has ended')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function get(path) {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.headers))
    })
    request.on('error', reject)
  })
}

async function listen(server) {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server.address().port
}
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
first answer: MISS, s-maxage=1, max-age=86400, X-Version 1
the 304 has: s-maxage=1000, max-age=60, X-Version 2
nginx after it: HIT, s-maxage=1, max-age=86400, X-Version 1
http-cache-semantics after it: s-maxage=1000, max-age=60, X-Version 2
the 304 has no-store: nginx gives it from the cache again
the 304 has private: nginx gives it from the cache again
SEEN
