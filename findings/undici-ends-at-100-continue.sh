#!/usr/bin/env bash
# undici ends the request at an unexpected "100 Continue", and accepts a 102 and a 103 in the same place.
#
# Versions: undici 7.30.2; Node 20.20.
#
# What one would expect: RFC 9110, section 15.2: a client must be able to read 1xx answers before the final one, even if it
# does not expect them. Some servers and proxies send "100 Continue" before each answer to a request with a body.
#
# What happens: the request fails with a SocketError "bad response", and the connection is closed. node:http passes over the
# same answer. There is no option of undici that changes it.
#
# Source: lib/dispatcher/client-h1.js, onHeadersComplete: a status of 100 is taken for an error, because undici never sends
# "Expect: 100-continue".
#
# Output seen:
#   undici after 100: SocketError bad response
#   undici after 102: 200
#   undici after 103: 200
#   node:http after 100: 200
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund undici@7.30.2
cat >run.mjs <<'JS'
import http from 'node:http'
import net from 'node:net'
import { request } from 'undici'

const serve = (status) =>
  new Promise((resolve) => {
    const server = net.createServer((socket) =>
      socket.once('data', () =>
        socket.end(`HTTP/1.1 ${status} Interim\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}`),
      ),
    )
    server.listen(0, '127.0.0.1', () => resolve(server))
  })

for (const status of [100, 102, 103]) {
  const server = await serve(status)
  const seen = await request(`http://127.0.0.1:${server.address().port}/`).then(
    ({ statusCode }) => statusCode,
    ({ name, message }) => `${name} ${message}`,
  )
  console.log(`undici after ${status}: ${seen}`)
  server.close()
}

const server = await serve(100)
http.get(`http://127.0.0.1:${server.address().port}/`, ({ statusCode }) => {
  console.log(`node:http after 100: ${statusCode}`)
  server.close()
})
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
undici after 100: SocketError bad response
undici after 102: 200
undici after 103: 200
node:http after 100: 200
SEEN
