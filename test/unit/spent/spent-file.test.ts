// The file of one process, over a real folder: what is in it after a write that failed.
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { createSpentFile } from '../../../src/spent/spent-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'spent-file-'))
afterAll(() => rmSync(folder, { recursive: true }))

it('a file that could not be written anew lacks no line after the next write', () => {
  const path = join(folder, 'file')
  const lines: string[] = []
  const file = createSpentFile({ path, whole: () => lines.join('') })
  const add = (line: string): void => {
    lines.push(`${line}\n`)
    file.add(`${line}\n`)
  }
  add('first')
  file.write()
  // So much that the file is to be written anew, which it cannot be while a folder is in the way.
  add('x'.repeat(70 * 1024))
  mkdirSync(`${path}.tmp`)
  expect(() => file.write()).toThrow(/directory/)
  rmdirSync(`${path}.tmp`)

  add('last')
  file.write()

  expect(readFileSync(path, 'utf8')).toBe(lines.join(''))
  file.close()
})
