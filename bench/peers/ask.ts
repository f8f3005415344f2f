// One question to a peer, judged: what a client of it got, and after how long.
import { request } from 'undici'
import { findCursor, judgeAnswer, makeBody } from './dialects.ts'
import type { Question, ShownAnswer, Verdict } from './dialects.ts'
import type { Peer } from './peers.ts'

export interface Judged {
  readonly verdict: Verdict
  readonly tookMs: number
  /** Where the next page begins, for a schema that pages by cursors. */
  readonly cursor: string | null
}

const A_CLIENT_WAITS_MS = 15_000

export async function ask(peer: Peer, url: string, question: Question): Promise<Judged> {
  const sentAtMs = performance.now()
  try {
    const { body } = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...peer.headers },
      body: makeBody(peer.dialect, question),
      signal: AbortSignal.timeout(A_CLIENT_WAITS_MS),
    })
    const answer = (await body.json()) as ShownAnswer
    const verdict = judgeAnswer(peer.dialect, question, answer)
    return { verdict, tookMs: performance.now() - sentAtMs, cursor: findCursor(answer) }
  } catch {
    return { verdict: 'failed', tookMs: performance.now() - sentAtMs, cursor: null }
  }
}
