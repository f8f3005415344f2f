// A bare `node:http` server that answers each webhook as the gateway does, and does nothing else.
import { startPinned } from './pinned-server.ts'
import type { PinnedServer } from './pinned-server.ts'

/** The status and the header fields of the gateway's answer. */
const BARE = `require('node:http').createServer((_, answer) => { answer.writeHead(204, ['cache-control', 'no-store', 'x-request-id',
  '0f5b7c1e-1111-4222-8333-444455556666']); answer.end() }).listen(0, '127.0.0.1', function () {
  console.log('http://127.0.0.1:' + this.address().port) })`

/** On a core of its own where the caller names one. */
export const startBareReceiver = (core: number | null): Promise<PinnedServer> =>
  startPinned(['-e', BARE], { core })
