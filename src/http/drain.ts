// Ends a server without cutting a request: waits while its end is announced, stops listening, and waits for the last connection.
import type { Server } from 'node:http'
import type { Clock } from '../clock.ts'
import { nextTurn } from '../turns/next-turn.ts'
import type { Connections } from './connections.ts'
import type { HttpLimits } from './limits.ts'
import type { OpenStreams } from './open-streams.ts'

interface Draining {
  readonly server: Server
  readonly connections: Pick<Connections, 'closeAll' | 'closeSilent'>
  readonly streams: Pick<OpenStreams, 'drain'>
  readonly clock: Clock
  readonly limits: Pick<HttpLimits, 'noticeMs' | 'streamsEndMs' | 'silenceMs'>
}

/** Resolves when the last connection has closed; after `graceMs`, counted from the call, closes those that are left. */
export async function drain(
  { server, connections, streams, clock, limits }: Draining,
  graceMs: number,
): Promise<void> {
  const closed = new AbortController()
  server.once('close', () => closed.abort())
  let isGraceOver = false
  const cancelGrace = clock.after(graceMs, () => {
    isGraceOver = true
    connections.closeAll()
  })
  const noticeMs = Math.min(limits.noticeMs, graceMs)
  await clock.sleep(noticeMs)
  await acceptWaiting(server)
  server.close()
  // No time is left for the connections that were accepted since.
  if (isGraceOver) connections.closeAll()
  streams.drain(Math.min(limits.streamsEndMs, (graceMs - noticeMs) / 2))
  await clock.sleep(limits.silenceMs, closed.signal).catch(() => {})
  connections.closeSilent()
  if (!closed.signal.aborted) await new Promise((resolve) => server.once('close', resolve))
  cancelGrace()
}

/** The system keeps at most this many connections for a Node listener with the default backlog. */
const MAX_WAITING = 511

/**
 * The system has connected clients that were not accepted yet, and resets their connections when the listener closes: a
 * proxy would then answer 502 for a request that it has sent on one. So they are accepted first. libuv accepts one in
 * each turn of the event loop, and none is waiting if a turn has brought none.
 */
async function acceptWaiting(server: Server): Promise<void> {
  let hasAccepted = true
  const note = (): void => void (hasAccepted = true)
  server.on('connection', note)
  for (let accepted = 0; hasAccepted && accepted < MAX_WAITING; accepted += 1) {
    hasAccepted = false
    // Two turns, because the system's sockets are looked at between them.
    for (let turns = 0; turns < 2; turns += 1) await nextTurn()
  }
  server.off('connection', note)
}
