import { expect, it } from 'vitest'
import { decodeText } from '../../../src/aurora/decode-text.ts'
import { parseExactJson } from '../../../src/aurora/exact-json.ts'
import { packReply, unpackReply } from '../../../src/redis/packed-reply.ts'
import { buildCall, buildReply } from '../../support/builders.ts'

it('a reply from Redis has every digit and every mark of a broken byte that the reply had', async () => {
  const sent = Buffer.from(
    '{"id":"p-1","owner_id":9007199254740993,"x":[1e400,0.1],"name":"M\xfcller"}',
    'latin1',
  )
  const answer = buildReply(parseExactJson(decodeText(sent)) as Record<string, unknown>)
  const begun = { generation: 'g', id: '1-0' }
  const now = { monotonicMs: 2000, wallMs: 1_800_000_000_000 }

  const bytes = await packReply(buildCall(), { answer, begun, above: { design_id: ['d-1'] } }, now)
  const look = { value: bytes, newest: null, serverMs: now.wallMs, sentAtMs: now.monotonicMs }
  const found = await unpackReply(buildCall(), bytes ?? Buffer.alloc(0), look)

  expect(found?.answer).toEqual(answer)
  expect(found?.above).toEqual({ design_id: ['d-1'] })
  expect(found?.answer).toMatchObject({
    value: { owner_id: '9007199254740993', x: ['1e400', 0.1], name: 'M\udcff\udcffller' },
  })
})
