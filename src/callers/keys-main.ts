// Started by `npm run keys`: the command with real files, real randomness and the real arguments.
import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { runKeysCommand, UsageError } from './keys-command.ts'

/** 256 bits cannot be guessed, so the hash of a key may be a fast one. */
const KEY_BYTES = 32

try {
  const shown = runKeysCommand(process.argv.slice(2), {
    randomBytes: () => randomBytes(KEY_BYTES),
    // Skips a byte order mark, and throws for bytes that are not UTF-8.
    readFile: (path) => new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)),
    writeFile(path, text) {
      const beside = `${path}.${process.pid}`
      writeFileSync(beside, text, { mode: statSync(path).mode })
      renameSync(beside, path)
    },
    readInput: () => readFileSync(0, 'utf8'),
  })
  process.stdout.write(`${shown}\n`)
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
