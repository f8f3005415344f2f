// 5,000 projects are searched for the first time in a simulated hour of screens: `npm run bench:budget-find [hours]`.
// Prints how long the first complete answer took, and how much later the screens were than in the same hour without it.
import { CALL_MS, quantile, searchBesideScreens } from '../test/support/finding-hour.ts'
import type { FindingHourOptions, FindingHourReport } from '../test/support/finding-hour.ts'

const HOURS = Number(process.argv[2] ?? 6)
const PROJECTS = 5000

/** The last two are what it would be in a class that leaves slots to others. */
const ROWS = [
  { callsAMinute: 30, callClass: 'interactive' },
  { callsAMinute: 60, callClass: 'interactive' },
  { callsAMinute: 75, callClass: 'interactive' },
  { callsAMinute: 30, callClass: 'revalidation' },
  { callsAMinute: 60, callClass: 'revalidation' },
] as const

const runHours = async (
  options: Omit<FindingHourOptions, 'seed' | 'minutes'>,
): Promise<FindingHourReport[]> => {
  const reports: FindingHourReport[] = []
  for (let seed = 1; seed <= HOURS; seed += 1)
    reports.push(await searchBesideScreens({ ...options, seed, minutes: 60 }))
  return reports
}

const inSeconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

console.log(
  `${HOURS} hours for each row, ${PROJECTS} projects, 90 calls a minute, ${CALL_MS} ms for a call\n`,
)
console.log(
  '| screens need | class of the search | first complete answer | calls | next 100 questions | screens | later by a second | on the average | most calls in a minute |',
)
console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- |')
for (const { callsAMinute, callClass } of ROWS) {
  const alone = await runHours({ callsAMinute, projects: 0 })
  const beside = await runHours({ callsAMinute, callClass, projects: PROJECTS })
  const laterMs = beside.flatMap(({ screenMs }, hour) =>
    screenMs.map((ms, nth) => ms - (alone[hour]?.screenMs[nth] ?? 0)),
  )
  const tookMs = beside.map(({ found }) => found?.tookMs ?? Infinity)
  const cells = [
    `${callsAMinute} a minute`,
    callClass,
    `${inSeconds(quantile(tookMs, 0.5))}, at most ${inSeconds(quantile(tookMs, 1))}`,
    quantile(
      beside.map(({ found }) => found?.calls ?? Infinity),
      1,
    ),
    beside.reduce((sum, { callsOfNext }) => sum + callsOfNext, 0),
    laterMs.length,
    laterMs.filter((ms) => ms > 1000).length,
    inSeconds(laterMs.reduce((sum, ms) => sum + ms, 0) / laterMs.length),
    Math.max(...beside.map(({ mostInAnyWindow }) => mostInAnyWindow)),
  ]
  console.log(`| ${cells.join(' | ')} |`)
}
