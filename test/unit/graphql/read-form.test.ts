// Forms that would hold the event loop for a second where the parser of forms read them.
import { expect, it } from 'vitest'
import { readForm } from '../../../src/graphql/read-form.ts'

const OPERATIONS = '{"query":"{ tenant { name } }"}'
const part = (boundary: string, name: string, text: string, head = ''): string =>
  `--${boundary}\r\n${head}content-disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`

const read = (contentType: string, body: string): Promise<unknown> =>
  readForm(
    new Request('http://gateway.test/graphql', {
      method: 'POST',
      headers: { 'content-type': contentType },
      body,
    }),
  )
const rejected = (limit: number): Error =>
  expect.objectContaining({
    originalError: expect.objectContaining({
      code: 'QUERY_REJECTED',
      details: { limit, actual: expect.any(Number) as number },
    }) as Error,
  }) as Error

it('the head of a part has a bound, also of one without an end and of the last one', async () => {
  const type = 'multipart/form-data; boundary=b'
  const long = 'x: y\r\n'.repeat(3_000)
  const first = part('b', 'operations', OPERATIONS)
  await expect(read(type, `${part('b', 'operations', OPERATIONS, long)}--b--\r\n`)).rejects.toEqual(
    rejected(16_384),
  )
  await expect(read(type, `${first}${part('b', 'x', 'y', long)}--b--\r\n`)).rejects.toEqual(rejected(16_384))
  await expect(read(type, `${first}--b\r\n${long}--b--\r\n`)).rejects.toEqual(rejected(16_384))
  const short = 'x: y\r\n'.repeat(2_000)
  expect(await read(type, `${part('b', 'operations', OPERATIONS, short)}--b--\r\n`)).toEqual(
    JSON.parse(OPERATIONS),
  )
})

it('the text of a part may be long', async () => {
  const query = `{ tenant { name } } # ${'x'.repeat(100_000)}`
  const body = `${part('boundary', 'operations', JSON.stringify({ query }))}--boundary--\r\n`
  expect(await read('multipart/form-data; charset=utf-8; boundary="boundary"', body)).toEqual({ query })
})

it('parts are counted by the boundary that the parser uses', async () => {
  const body = `${part('b', 'operations', OPERATIONS)}${part('b', 'x', 'y').repeat(30)}--b--\r\n`
  await expect(read('multipart/form-data; boundary=b', body)).rejects.toEqual(rejected(20))
  for (const other of ['a="; boundary=zzz"; boundary=b', 'boundary="\\b"', 'boundary=""', 'a=b'])
    await expect(read(`multipart/form-data; ${other}`, body)).rejects.toThrow('form')
  const few = `${part('b', 'operations', OPERATIONS)}--b--\r\n`
  for (const other of ['a="; boundary=zzz"; boundary=b', 'boundary="\\b"'])
    await expect(read(`multipart/form-data; ${other}`, few)).rejects.toThrow('form')
})
