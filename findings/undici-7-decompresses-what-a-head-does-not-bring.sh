#!/usr/bin/env bash
# undici 7 fails each HEAD of a compressed resource, and each answer with an empty body, if the decompress interceptor is used.
#
# Versions: undici 7.30.2, the last one for Node 20; undici 8.13.1 (on node 24.22.3, because 8 needs it) reads the HEAD, and fails the
# empty body as well; Node 20.20.
#
# What one would expect: the answer to a HEAD has the header fields of the GET, so also Content-Encoding, and never a body. Content-Length
# may be 0 beside a Content-Encoding, where a program in between wrote the field for all answers. Both are read, as fetch does.
#
# What happens: request() gives the answer, and reading its body, which each caller of undici has to do, fails with "unexpected end of
# file": the interceptor decompresses nothing at all, and takes it for a body that was cut off. A program that asks by HEAD whether a
# file has changed finds that no file can be asked. The fetch of the same package is right, with the same dispatcher too.
#
# Source: RFC 9110, section 9.3.2; lib/interceptor/decompress.js, which leaves out 204 and 304, and in version 8 a HEAD.
#
# Output seen:
#   undici 7: GET read, HEAD unexpected end of file, POST with an empty answer unexpected end of file, HEAD by fetch read
#   undici 8: GET read, HEAD read, POST with an empty answer unexpected end of file, HEAD by fetch read
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
node24="node-$(node -p 'process.platform + "-" + process.arch')"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts undici7@npm:undici@7.30.2 undici8@npm:undici@8.13.1 "$node24@24.22.3"
cat >run.mjs <<'JS'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'

const [, , name, version] = process.argv
const { Agent, fetch, interceptors, request } = await import(name)
const body = gzipSync('text')
const server = createServer(({ method }, response) => {
  response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': method === 'POST' ? 0 : body.length })
  response.end(method === 'GET' ? body : undefined)
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const url = `http://127.0.0.1:${server.address().port}/`
const dispatcher = new Agent().compose(interceptors.decompress())

async function read(send) {
  try {
    const text = await send()
    return text === 'text' || text === '' ? 'read' : JSON.stringify(text)
  } catch (error) {
    return error.message
  }
}
const byRequest = async (method) => await (await request(url, { method, dispatcher })).body.text()
const byFetch = async (method) => await (await fetch(url, { method, dispatcher })).text()
const seen = [
  `GET ${await read(() => byRequest('GET'))}`,
  `HEAD ${await read(() => byRequest('HEAD'))}`,
  `POST with an empty answer ${await read(() => byRequest('POST'))}`,
  `HEAD by fetch ${await read(() => byFetch('HEAD'))}`,
]
console.log(`${version}: ${seen.join(', ')}`)
process.exit()
JS
{
  node run.mjs undici7 'undici 7'
  "node_modules/$node24/bin/node" run.mjs undici8 'undici 8'
} 2>/dev/null | tee seen
diff seen - <<'SEEN'
undici 7: GET read, HEAD unexpected end of file, POST with an empty answer unexpected end of file, HEAD by fetch read
undici 8: GET read, HEAD read, POST with an empty answer unexpected end of file, HEAD by fetch read
SEEN
