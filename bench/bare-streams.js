// A server that streams one event to each client and holds the connection open, and does nothing else. bench/stream-memory.ts starts it.
import { createServer } from 'node:http'

/** As long as the answer that is watched in bench/watchers.ts. */
const EVENT = `event: next\ndata: ${'x'.repeat(2_000)}\n\n`

const server = createServer((incoming, outgoing) => {
  incoming.resume()
  outgoing.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  outgoing.write(EVENT)
})
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`))
