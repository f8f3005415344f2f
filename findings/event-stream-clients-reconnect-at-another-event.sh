#!/usr/bin/env bash
# Clients of event streams connect again with an id that is not the last one: events come twice, or one is lost for good.
#
# Versions: eventsource 4.1.1, eventsource-client 1.2.0, launchdarkly-eventsource 2.2.0, event-source-plus 0.1.15,
# @microsoft/fetch-event-source 2.0.1; undici 7.30.2, which is right; Node 20.20.
#
# What one would expect, by the HTML standard: a block of lines that has an id and no data is no event, but its id becomes the last
# one. An id without a value removes the last one. A block that the end of the stream cuts off is dropped, and its id does not
# count. After a break the client sends the last id, and the server continues behind it.
#
# What happens:
# - eventsource, the clients that have its parser, and launchdarkly-eventsource take the id of an event only. Servers that send
#   an id alone as a mark, where nothing in between was for this client, must send everything since the last event again.
# - fetch-event-source and event-source-plus keep the old id when the server removes it, for example because it has dropped its log.
# - fetch-event-source takes the id of the block that the break has cut off. It has shown nothing of that event, and the
#   server continues behind it, so the event is lost.
#
# Source: https://html.spec.whatwg.org/multipage/server-sent-events.html, 9.2.6; getMessages in src/parse.ts of
# https://github.com/Azure/fetch-event-source; dispatchEvent in src/parse.ts of https://github.com/rexxars/eventsource-parser. The pull
# request 358 of https://github.com/EventSource/eventsource is about another place, the lastEventId of events that have no id.
#
# Output seen, as the id that is sent after an event 5 and then an id 7 alone, an id without a value, an event 7 that is cut off:
#   by the standard: 7, none, 5
#   eventsource: 5, none, 5
#   eventsource-client: 5, none, 5
#   launchdarkly-eventsource: 5, none, 5
#   event-source-plus: 5, 5, 5
#   fetch-event-source: 7, 5, 7
#   undici: 7, none, 5
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund eventsource@4.1.1 eventsource-client@1.2.0 launchdarkly-eventsource@2.2.0 \
  event-source-plus@0.1.15 @microsoft/fetch-event-source@2.0.1 undici@7.30.2
cat >run.mjs <<'JS'
import http from 'node:http'
import { fetchEventSource } from '@microsoft/fetch-event-source'
import { EventSourcePlus } from 'event-source-plus'
import { EventSource } from 'eventsource'
import { createEventSource } from 'eventsource-client'
import LaunchDarkly from 'launchdarkly-eventsource'
import { EventSource as UndiciEventSource } from 'undici'

// fetch-event-source is written for browsers.
globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} }
globalThis.window = globalThis

/** Each connects, and again after a break. Returns what ends it. */
const clients = {
  eventsource(url) {
    const source = new EventSource(url)
    return () => source.close()
  },
  'eventsource-client'(url) {
    const source = createEventSource({ url })
    return () => source.close()
  },
  'launchdarkly-eventsource'(url) {
    const source = new LaunchDarkly.EventSource(url, { initialRetryDelayMillis: 1 })
    source.onerror = () => undefined
    return () => source.close()
  },
  'event-source-plus'(url) {
    const source = new EventSourcePlus(url, { retryStrategy: 'always', retryInterval: 1 })
    const controller = source.listen({ onMessage() {} })
    return () => controller.abort()
  },
  'fetch-event-source'(url) {
    const controller = new AbortController()
    const onclose = () => {
      throw new Error('closed')
    }
    void fetchEventSource(url, { signal: controller.signal, openWhenHidden: true, onclose, onerror: () => 1 })
    return () => controller.abort()
  },
  undici(url) {
    const source = new UndiciEventSource(url)
    return () => source.close()
  },
}

/** Sends the stream to the first request. Returns the id that the second request has. */
async function secondId(connect, stream) {
  const ids = []
  const isBack = deferred()
  const server = http.createServer((request, response) => {
    ids.push(request.headers['last-event-id'] ?? 'none')
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    if (ids.length === 1) return response.end(stream)
    response.write(':\n\n')
    isBack.resolve()
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = connect(`http://127.0.0.1:${server.address().port}/`)
  await isBack.promise
  close()
  server.close()
  server.closeAllConnections()
  return ids[1]
}

const EVENT_5 = 'retry: 1\nid: 5\ndata: a\n\n'
const STREAMS = [`${EVENT_5}id: 7\n\n`, `${EVENT_5}id\ndata: b\n\n`, `${EVENT_5}id: 7\ndata: b\n`]
console.log('by the standard: 7, none, 5')
for (const [name, connect] of Object.entries(clients)) {
  const ids = []
  for (const stream of STREAMS) ids.push(await secondId(connect, stream))
  console.log(`${name}: ${ids.join(', ')}`)
}
process.exit()

function deferred() {
  let resolve
  const promise = new Promise((done) => (resolve = done))
  return { promise, resolve }
}
JS
node --no-warnings run.mjs | tee seen
diff seen - <<'SEEN'
by the standard: 7, none, 5
eventsource: 5, none, 5
eventsource-client: 5, none, 5
launchdarkly-eventsource: 5, none, 5
event-source-plus: 5, 5, 5
fetch-event-source: 7, 5, 7
undici: 7, none, 5
SEEN
