// The parts of a form as clients of several languages write them.
import { expect, it } from 'vitest'
import { FormFile } from '../../../src/graphql/form-file.ts'
import { readParts } from '../../../src/graphql/form-parts.ts'

const formOf = (...parts: readonly string[]): Buffer =>
  Buffer.from(`${parts.map((part) => `--b\r\n${part}\r\n`).join('')}--b--\r\n`)

async function readAll(form: Buffer) {
  const parts = readParts(form, 'b')
  return (
    parts &&
    Promise.all(
      parts.map(async ({ name, value }) =>
        typeof value === 'string'
          ? { name, value }
          : { name, file: value.name, type: value.type, text: Buffer.from(value.bytes).toString() },
      ),
    )
  )
}

it.each([
  ['quoted', 'form-data; name="0"; filename="a b.pdf"', 'a b.pdf'],
  ['as .NET', "form-data; name=0; filename=a.pdf; filename*=utf-8''a.pdf", 'a.pdf'],
  [
    'as .NET, not ASCII',
    'form-data; name=0; filename="=?utf-8?B?w6Q=?="; filename*=utf-8\'\'%C3%A4%3B.pdf',
    'ä;.pdf',
  ],
  ['in the form of RFC 8187 alone', 'form-data; name="0"; filename*=UTF-8\'en\'%C3%A4.pdf', 'ä.pdf'],
  [
    'in a form of it that cannot be read',
    'form-data; name="0"; filename="a.pdf"; filename*=utf-8\'\'%FF',
    'a.pdf',
  ],
  ['as a browser', 'form-data; name="0"; filename="ü %22b%22.pdf"', 'ü "b".pdf'],
  ['with escapes', 'form-data; name="0"; filename="a;\\"b\\".pdf"', 'a;"b".pdf'],
  ['with a path', 'Form-Data; Name="0"; FileName="C:\\a.pdf"', 'C:\\a.pdf'],
])('the name of a file is read that is written %s', async (_, disposition, file) => {
  const heads = [`Content-Disposition: ${disposition}\r\nContent-Type: application/pdf`]
  heads.push(`content-type:Application/PDF\r\ncontent-disposition:${disposition}\r\nContent-Length: 3`)
  for (const head of heads)
    expect(await readAll(formOf(`${head}\r\n\r\n%PDF\r\n--a`))).toEqual([
      { name: '0', file, type: 'application/pdf', text: '%PDF\r\n--a' },
    ])
})

it('texts, empty parts, a preamble and spaces behind the boundary are read', async () => {
  const form = Buffer.concat([
    Buffer.from('preamble\r\n'),
    formOf(
      'Content-Disposition: form-data; name=map\r\n\r\n{"ä":1}',
      'Content-Disposition: form-data; name="x"\r\n\r\n',
    ),
    Buffer.from('epilogue'),
  ])
  const expected = [
    { name: 'map', value: '{"ä":1}' },
    { name: 'x', value: '' },
  ]
  expect(await readAll(form)).toEqual(expected)
  expect(await readAll(Buffer.from(form.toString().replaceAll('--b\r\n', '--b \t\r\n')))).toEqual(expected)
})

it('bytes of a file stay as they are, and where they are', async () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
  const form = formOf('Content-Disposition: form-data; name="0"; filename="a"\r\n\r\nBYTES').toString(
    'latin1',
  )
  const whole = Buffer.from(form.replace('BYTES', bytes.toString('latin1')), 'latin1')
  const [part] = readParts(whole, 'b') ?? []
  const file = part?.value instanceof FormFile ? part.value : null
  expect(Buffer.from(file?.bytes ?? [])).toEqual(bytes)
  expect(file?.bytes.buffer).toBe(whole.buffer)
  // Small buffers share their memory, so a copy would be at another place of it.
  expect(file?.bytes.byteOffset).toBe(whole.byteOffset + whole.indexOf(bytes))
})

it.each([
  ['has no end', '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'],
  ['has another boundary', '--c--\r\n'],
  ['has a part without a name', formOf('Content-Disposition: form-data; filename="a"\r\n\r\nx').toString()],
  [
    'has a part that is no form data',
    formOf('Content-Disposition: attachment; name="a"\r\n\r\nx').toString(),
  ],
  ['has a part without a head', formOf('x').toString()],
  [
    'has a longer boundary',
    formOf('Content-Disposition: form-data; name="a"\r\n\r\nx').toString().replace('--b', '--bc'),
  ],
  ['is empty', ''],
])('what %s is no form', (_, form) => {
  expect(readParts(Buffer.from(form), 'b')).toBe(null)
})
