// Only a piece that is one whole request with the last head is recognized, however what a connection sends is cut.
import type { IncomingMessage } from 'node:http'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createBoundaries } from '../../src/http/boundaries.ts'

interface Sent {
  readonly head: string
  /** Its method and target. */
  readonly line: string
  readonly body: string
  readonly headers: IncomingMessage['headers']
}

/** A header whose value is the first line of another request: what follows it looks like that request as a whole. */
const DISGUISE = 'POST /other HTTP/1.1\r\nx: '

const toSent = ([line, body, more, disguise, blank]: readonly [
  string,
  string,
  string,
  string,
  string,
]): Sent => {
  const isChunked = more.startsWith('transfer-encoding')
  const fields = isChunked || body === '' ? '' : `content-length: ${body.length}\r\n`
  const [name = '', value = ''] = more.trim().split(': ')
  return {
    head: `${blank}${disguise}${line} HTTP/1.1\r\n${fields}${more}\r\n`,
    body: isChunked ? `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n` : body,
    line: /^[A-Z]+ \S+/.exec(disguise + line)?.[0] ?? '',
    headers: { ...(fields && { 'content-length': String(body.length) }), ...(name && { [name]: value }) },
  }
}

/** Few different ones, so that many are equal; some bodies are whole requests themselves. */
const request = fc
  .tuple(
    fc.constantFrom('POST /graphql', 'POST /graphql', 'POST /graphqk'),
    fc.constantFrom(
      'ab',
      '',
      'POST /graphql HTTP/1.1\r\n\r\n',
      'POST /graphql HTTP/1.1\r\ncontent-length: 2\r\n\r\nab',
    ),
    fc.constantFrom(
      '',
      '',
      '',
      '',
      'x: y\r\n',
      'transfer-encoding: chunked\r\n',
      'connection: close\r\n',
      'expect: 100-continue\r\n',
    ),
    fc.constantFrom('', '', '', DISGUISE),
    // Empty lines, which the parser skips.
    fc.constantFrom('', '', '', '', '\r\n', '\r\n\r\n'),
  )
  .map(toSent)

/** What the parser would report of each piece: the requests whose heads end in it. */
function cutUp(sent: readonly Sent[], cuts: readonly number[]) {
  const text = sent.map(({ head, body }) => head + body).join('')
  const ends = [...new Set([...cuts.map((cut) => cut % (text.length + 1)), text.length])].toSorted(
    (a, b) => a - b,
  )
  let from = 0
  const spans = sent.map((each) => {
    const [start, headEnd] = [from, from + each.head.length]
    from = headEnd + each.body.length
    return { each, start, headEnd, end: from }
  })
  const messages = new Map(
    spans.map((span) => [
      span,
      {
        httpVersion: '1.1',
        method: span.each.line.split(' ')[0],
        url: span.each.line.split(' ')[1],
        headers: span.each.headers,
        complete: false,
      } as unknown as IncomingMessage & {
        complete: boolean
      },
    ]),
  )
  let begin = 0
  return ends.map((end) => {
    const start = begin
    begin = end
    return {
      piece: Buffer.from(text.slice(start, end)),
      whole: spans.find((span) => span.start === start && span.end === end),
      begun: () =>
        spans
          .filter((span) => span.headEnd > start && span.headEnd <= end)
          .map((span) => messages.get(span) as IncomingMessage),
      complete(): void {
        for (const span of spans) {
          const message = messages.get(span)
          if (message && span.end <= end) message.complete = true
        }
      },
    }
  })
}

/** One request in each piece, as clients send them, or cut behind its head or within it. */
const step = fc.record({
  nth: fc.nat(2),
  cut: fc.constantFrom('end', 'end', 'end', 'end', 'head', 'disguise', 'anywhere', 'not'),
  at: fc.nat(200),
})
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never

function cutsOf(steps: readonly Step[], sent: readonly Sent[]): number[] {
  const cuts: number[] = []
  let from = 0
  for (const [index, { cut, at }] of steps.entries()) {
    const { head = '', body = '' } = sent[index] ?? {}
    const end = from + head.length + body.length
    if (cut === 'head') cuts.push(from + head.length)
    if (cut === 'disguise') cuts.push(from + DISGUISE.length)
    if (cut === 'anywhere') cuts.push(from + at)
    if (cut !== 'not') cuts.push(end)
    from = end
  }
  return cuts
}

it('whatever is sent and however it is cut', () => {
  const seen = { recognized: 0, afterDivided: 0, other: 0 }
  fc.assert(
    fc.property(
      fc.tuple(request, request, request),
      fc.array(step, { minLength: 2, maxLength: 12 }),
      (kinds, steps) => {
        const boundaries = createBoundaries(2048)
        const sent = steps.map(({ nth }) => kinds[nth as 0 | 1 | 2])
        let last: Sent | null = null
        let isDivided = false
        for (const { piece, whole, begun, complete } of cutUp(sent, cutsOf(steps, sent))) {
          const recognized = boundaries.recognize(piece)
          if (recognized) {
            seen.recognized += 1
            if (isDivided) seen.afterDivided += 1
            const { head, headers } = whole?.each ?? {}
            expect([head, recognized.headBytes.toString()]).toEqual([last?.head, last?.head])
            expect(head?.slice(0, 4)).toBe('POST')
            expect([headers?.['transfer-encoding'], headers?.['connection'], headers?.['expect']]).toEqual([
              undefined,
              undefined,
              undefined,
            ])
            continue
          }
          seen.other += 1
          complete()
          boundaries.note(piece, begun())
          if (begun().length === 0 && piece.toString().startsWith('POST')) isDivided = true
          if (whole) last = whole.each
        }
      },
    ),
    { numRuns: 3000 },
  )
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(100)
})

it('also behind a head that came in pieces', () => {
  const boundaries = createBoundaries(2048)
  const [head, body] = ['POST /graphql HTTP/1.1\r\ncontent-length: 2\r\n\r\n', 'ab']
  const message = {
    httpVersion: '1.1',
    method: 'POST',
    url: '/graphql',
    headers: { 'content-length': '2' },
    complete: true,
  } as unknown as IncomingMessage
  const whole = Buffer.from(head + body)
  boundaries.note(whole, [message])
  for (const cut of [1, 30, head.length - 4, head.length - 3, head.length - 2, head.length - 1]) {
    boundaries.note(whole.subarray(0, cut), [])
    expect(boundaries.recognize(whole)).toBe(null)
    boundaries.note(whole.subarray(cut), [message])
    expect([cut, boundaries.recognize(whole)?.incoming]).toEqual([cut, message])
  }
})

it('where requests end is known also of a client whose heads all differ, though none of them is recognized any more', () => {
  const boundaries = createBoundaries(2048)
  const pieceOf = (id: number) => {
    const head = `POST /graphql HTTP/1.1\r\nx-request-id: ${id}\r\ncontent-length: 2\r\n\r\n`
    const message = { httpVersion: '1.1', method: 'POST', url: '/graphql', complete: true }
    return {
      head: Buffer.from(head),
      whole: Buffer.from(`${head}ab`),
      begun: [{ ...message, headers: { 'content-length': '2' } } as unknown as IncomingMessage],
    }
  }
  for (let id = 1; id <= 50; id += 1) {
    const { whole, begun } = pieceOf(id)
    boundaries.note(whole, begun)
    expect([id, boundaries.isBetweenRequests()]).toEqual([id, true])
  }
  expect(boundaries.recognize(pieceOf(50).whole)).toBe(null)
  const { head, begun } = pieceOf(51)
  boundaries.note(head, begun)
  expect(boundaries.isBetweenRequests()).toBe(false)
  boundaries.note(Buffer.from('ab'), [])
  expect(boundaries.isBetweenRequests()).toBe(true)
})
