// Started by `npm run webhooks`: the command with the real settings, clock and arguments.
import { MessageChannel } from 'node:worker_threads'
import { createSystemClock } from '../clock.ts'
import { ConfigError, readConfig } from '../config/read-config.ts'
import { runWebhooksCommand } from './webhooks-command.ts'
import { printSummary } from '../webhooks/manage/print-summary.ts'
import { readWords, UsageError } from '../webhooks/manage/read-words.ts'

const WRONG = 1
const UNUSABLE = 2

async function main(given: readonly string[]): Promise<void> {
  const ending = new AbortController()
  const keepAlive = keepProcessAlive()
  // The request under way is answered first; after a second signal the process ends at once.
  process.once('SIGINT', () => ending.abort(new Error('it was interrupted')))
  try {
    const words = readWords(given)
    const summary = await runWebhooksCommand(words, {
      config: readConfig(),
      clock: createSystemClock(),
      // To stderr, because the result goes to stdout and from there perhaps into a file.
      note: (line) => void process.stderr.write(`${line}\n`),
      signal: ending.signal,
    })
    process.stdout.write(`${words.isJson ? JSON.stringify(summary, null, 2) : printSummary(summary)}\n`)
    if (!summary.isRight && words.verb !== 'plan') process.exitCode = WRONG
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = UNUSABLE
  } finally {
    keepAlive.end()
  }
}

/** The timers of the clock keep no process alive, and a call may wait for its slot for a minute; an open port does. */
function keepProcessAlive(): { end(): void } {
  const { port1 } = new MessageChannel()
  port1.ref()
  return { end: () => port1.close() }
}

void main(process.argv.slice(2))
