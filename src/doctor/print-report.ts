// The report of an examination as text for people.
import type { Finding, Report, Verdict } from './finding.ts'

const WIDTHS = { verdict: 7, subject: 8 }

/** One line for each finding, and what to do on the line below it. */
export function printReport({ findings, calls, isRight }: Report): string {
  const count = (verdict: Verdict): number => findings.filter((each) => each.verdict === verdict).length
  const sum = isRight ? 'Nothing is wrong' : `${count('wrong')} wrong`
  const spent = calls === 1 ? '1 call to Aurora was spent' : 'no call to Aurora was spent'
  return [...findings.map(printFinding), `${sum}, ${count('warning')} to look at; ${spent}.`].join('\n')
}

function printFinding({ verdict, subject, says, advice }: Finding): string {
  const begin = `${verdict.padEnd(WIDTHS.verdict)}  ${subject.padEnd(WIDTHS.subject)}  `
  return `${begin}${says}${advice === null ? '' : `\n${' '.repeat(begin.length)}→ ${advice}`}`
}
