// A release: its notes come from CHANGELOG.md, and the workflow makes an image with provenance, by rights as small as can be.
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { parse } from 'yaml'

const TSX = import.meta.resolve('tsx')
const root = new URL('../../', import.meta.url)
const folder = mkdtempSync(join(tmpdir(), 'release-'))
afterAll(() => rmSync(folder, { recursive: true }))

it.each([
  ['1.2.0', 0, '### Added\n\n- Something.\n', ''],
  ['1.1.0', 1, '', 'package.json has version 1.2.0, and the tag is 1.1.0\n'],
  ['', 1, '', 'package.json has version 1.2.0, and the tag is missing\n'],
])('the notes of version "%s"', (version, status, stdout, stderr) => {
  mkdirSync(join(folder, 'build'), { recursive: true })
  const script = join(folder, 'build', 'release-notes.ts')
  copyFileSync(new URL('build/release-notes.ts', root), script)
  writeFileSync(join(folder, 'package.json'), '{"version":"1.2.0","type":"module"}')
  const changes =
    '# Changelog\n\n## Unreleased: 1.3.0\n\n## 1.2.0 (2026-12-01)\n\n### Added\n\n- Something.\n\n## 1.1.0 (2026-11-01)\n\n- Older.\n'
  writeFileSync(join(folder, 'CHANGELOG.md'), changes)
  const done = spawnSync(process.execPath, ['--import', TSX, script, ...(version === '' ? [] : [version])], {
    encoding: 'utf8',
  })
  expect({ status: done.status, stdout: done.stdout, stderr: done.stderr }).toEqual({
    status,
    stdout,
    stderr,
  })
})

it('is made of a version tag alone, after the checks, with provenance and a list of parts', () => {
  const workflow = parse(readFileSync(new URL('.github/workflows/release.yml', root), 'utf8')) as {
    on: object
    permissions: object
    jobs: Record<
      string,
      { needs?: string; permissions?: object; steps: { uses?: string; run?: string; with?: object }[] }
    >
  }
  expect(workflow.on).toEqual({ push: { tags: ['v[0-9]+.[0-9]+.[0-9]+'] } })
  expect(workflow.permissions).toEqual({ contents: 'read' })
  const { check, image } = workflow.jobs
  expect([check?.permissions, image?.needs]).toEqual([undefined, 'check'])
  expect(check?.steps.map(({ run }) => run)).toContain('.ci/run')
  const steps = Object.values(workflow.jobs).flatMap(({ steps: all }) => all)
  expect(steps.flatMap(({ uses }) => uses ?? []).filter((uses) => !/@v\d+$/.test(uses))).toEqual([])
  const find = (action: string) => image?.steps.find(({ uses = '' }) => uses.startsWith(`${action}@`))
  expect(find('docker/build-push-action')?.with).toMatchObject({
    push: true,
    provenance: 'mode=max',
    sbom: true,
  })
  expect(find('actions/attest-build-provenance')?.with).toMatchObject({ 'push-to-registry': true })
})
