// Started by `npm run doctor`: the examination with the real settings, clock and arguments.
import { MessageChannel } from 'node:worker_threads'
import { createSystemClock } from '../clock.ts'
import { ConfigError, readConfig, readWarnings } from '../config/read-config.ts'
import type { DoctorOptions } from './doctor-command.ts'
import { examine } from './doctor-command.ts'
import { printReport } from '../doctor/print-report.ts'
import { readDoctorWords, UsageError } from '../doctor/read-words.ts'

const WRONG = 1
const UNUSABLE = 2

async function main(given: readonly string[]): Promise<void> {
  const ending = new AbortController()
  const keepAlive = new MessageChannel().port1
  process.once('SIGINT', () => ending.abort(new Error('it was interrupted')))
  try {
    // The timers of the clock keep no process alive; an open port does.
    keepAlive.ref()
    const words = readDoctorWords(given)
    const report = await examine(words, {
      settings: readSettings(),
      warnings: readWarnings(),
      clock: createSystemClock(),
      signal: ending.signal,
    })
    process.stdout.write(`${words.isJson ? JSON.stringify(report, null, 2) : printReport(report)}\n`)
    if (!report.isRight) process.exitCode = WRONG
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = UNUSABLE
  } finally {
    keepAlive.close()
  }
}

function readSettings(): DoctorOptions['settings'] {
  try {
    return readConfig()
  } catch (error) {
    if (error instanceof ConfigError) return { problems: error.problems }
    throw error
  }
}

void main(process.argv.slice(2))
