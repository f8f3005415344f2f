// npm run release:notes -- 0.1.0: prints what CHANGELOG.md has of a version, for its release. Fails where it has nothing, or where
// package.json has another version.
import { readFileSync } from 'node:fs'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

/** The notes, or why there are none. */
function findNotes(version: string): { readonly notes: string } | { readonly problem: string } {
  const { version: ours } = JSON.parse(read('../package.json')) as { version: string }
  if (version !== ours)
    return { problem: `package.json has version ${ours}, and the tag is ${version || 'missing'}` }
  // `## 0.1.0 (2026-11-29)`; an `Unreleased: …` is none.
  const section = read('../CHANGELOG.md')
    .split(/^## /m)
    .find((each) => each.split(/\s/, 1)[0] === version)
  return section === undefined
    ? { problem: `CHANGELOG.md has no "## ${version} (date)"` }
    : { notes: section.slice(section.indexOf('\n')).trim() }
}

const found = findNotes(process.argv[2] ?? '')
if ('notes' in found) process.stdout.write(`${found.notes}\n`)
else {
  process.stderr.write(`${found.problem}\n`)
  process.exitCode = 1
}
