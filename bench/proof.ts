// What proof that webhooks arrive saves, and what a lost webhook costs: `npm run bench:proof`. The clock is the bench's own, so the
// figures do not depend on the machine.
import { passHours } from './proof-hours.ts'

const HOURS = 8
const FRESH_MS = 2 * 60 * 60_000
const LOSSES = [0, 0.01, 0.1, 1]

const perThousand = (count: number, reads: number): string => ((1000 * count) / reads).toFixed(1)
const percent = (share: number): string => `${(100 * share).toFixed(share > 0 && share < 0.01 ? 2 : 0)} %`

console.log('| webhooks lost | ages | calls per 1,000 reads | worst staleness | stale reads | proven |')
console.log('| --- | --- | --- | --- | --- | --- |')
for (const loss of LOSSES)
  for (const freshMs of [null, FRESH_MS]) {
    const { reads, calls, worstStaleMs, staleReads, provenShare } = await passHours({
      hours: HOURS,
      loss,
      freshMs,
    })
    const worst =
      worstStaleMs < 60_000
        ? `${Math.round(worstStaleMs / 1000)} s`
        : `${Math.round(worstStaleMs / 60_000)} min`
    const row = [
      percent(loss),
      freshMs === null ? 'ordinary' : 'with proof',
      perThousand(calls, reads),
      worst,
    ]
    console.log(`| ${[...row, percent(staleReads / reads), percent(provenShare)].join(' | ')} |`)
  }
