// Reports whether the process lives and whether it can serve, for load balancers and the like; no caller is needed.

import type { IncomingMessage } from 'node:http'
import { isReading } from './headers.ts'
import { plainJson } from './refuse.ts'

export function answerState(incoming: IncomingMessage, status: number, word: string): Response {
  if (isReading(incoming)) return plainJson(status, { status: word })
  return plainJson(405, { error: 'Only GET and HEAD are served here' }, { allow: 'GET, HEAD' })
}
