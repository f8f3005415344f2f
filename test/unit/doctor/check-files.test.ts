// What the doctor reports of STATE_DIR and CACHE_FILE is what the gateway meets there.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { checkFiles } from '../../../src/doctor/check-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'check-files-'))
afterAll(() => rmSync(folder, { recursive: true }))

const report = (cacheFile: string | null, stateDir: string = folder): readonly string[] =>
  checkFiles({ stateDir, cacheFile, redis: null }).map(({ verdict, says }) => `${verdict}: ${says}`)

it('a cache file can be written where its folder is there, whether or not the file is', () => {
  const path = join(folder, 'cache')
  const both = [`ok: STATE_DIR can be written: ${folder}`, `ok: CACHE_FILE can be written: ${path}`]
  expect(report(path)).toEqual(both)
  writeFileSync(path, '')
  expect(report(path)).toEqual(both)
})

it('a cache file in a folder that is missing cannot be written, as the gateway makes no folder for it', () => {
  const path = join(folder, 'missing', 'cache')
  expect(report(path)[1]).toBe(
    `warning: CACHE_FILE cannot be read or written (there is no folder ${join(folder, 'missing')}): ${path}. The cache begins empty at each start`,
  )
})

it('a folder is no cache file', () => {
  const path = join(folder, 'a-folder')
  mkdirSync(path)
  expect(report(path)[1]).toContain('CACHE_FILE cannot be read or written (it is no file)')
})

it('a missing state folder is made by the gateway, so it is only reported', () => {
  const path = join(folder, 'one', 'two')
  expect(report(null, path)).toEqual([
    `warning: STATE_DIR is not there: ${path}. No gateway with these settings has run here`,
  ])
})
