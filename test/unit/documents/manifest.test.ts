import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { doAtOnce } from '../../../src/turns/at-once.ts'
import { ManifestError, readManifest } from '../../../src/documents/manifest.ts'

const folder = mkdtempSync(join(tmpdir(), 'manifest-'))
afterAll(() => rmSync(folder, { recursive: true }))

function read(content: string | Buffer) {
  const path = join(folder, 'manifest.json')
  writeFileSync(path, content)
  return doAtOnce(readManifest({ path, check: () => null }))
}

it('a byte order mark before a manifest is skipped', () => {
  expect(read('\ufeff{"a":"{ tenant { name } }"}').find('a')).toBe('{ tenant { name } }')
})

it.each([
  ['Latin-1', Buffer.from('{"a":"# M\xfcller\\n{ tenant { name } }"}', 'latin1')],
  ['UTF-16', Buffer.from('\ufeff{"a":"{ tenant { name } }"}', 'utf16le')],
])('a manifest in %s is refused in one line', (_charset, content) => {
  expect(() => read(content)).toThrow(
    expect.objectContaining({
      problems: ['DOCUMENTS_FILE is not JSON in UTF-8'],
    }),
  )
})

it('a manifest that is not there, is a folder, or is too large is refused with its reason', () => {
  const problemsOf = (path: string): unknown => {
    try {
      return doAtOnce(readManifest({ path, check: () => null }))
    } catch (error) {
      return error instanceof ManifestError ? error.problems : error
    }
  }
  const large = join(folder, 'large.json')
  writeFileSync(large, ' '.repeat(16 * 1024 * 1024 + 1))
  expect([join(folder, 'nowhere'), folder, large].map(problemsOf)).toEqual([
    ['DOCUMENTS_FILE cannot be read (ENOENT)'],
    ['DOCUMENTS_FILE cannot be read (EISDIR)'],
    ['DOCUMENTS_FILE is larger than 16 MB'],
  ])
})
