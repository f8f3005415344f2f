// The figures of docs/limits.md are those of the code.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { settings } from '../src/config/settings.ts'
import { MAX_MEMBERS as MAX_JSON_MEMBERS } from '../src/exchange/json-excess.ts'
import { MAX_DOCUMENT_BYTES } from '../src/graphql/limits/document-size.ts'
import { FIXED_LIMITS } from '../src/graphql/limits/query-limits.ts'
import { httpLimits } from '../src/http/limits.ts'
import { MAX_ITEMS, MAX_LEVELS, MAX_MEMBERS, MAX_VALUES } from '../src/rest/assert-modest.ts'
import { FIRST_TURN_UNITS, UNITS_PER_TURN } from '../src/turns/pace.ts'

const page = readFileSync(new URL('../docs/limits.md', import.meta.url), 'utf8').replace(/ +/g, ' ')

const show = (figure: number | string): string => Number(figure).toLocaleString('en-US')
const seconds = (ms: number): string => `${ms / 1000} s`
const kilobytes = (bytes: number): string => `${bytes / 1024} KB`
const megabytes = (bytes: number): string => `${bytes / 1024 ** 2} MB`

const limits = httpLimits

it.each([
  `| bytes | ${show(MAX_DOCUMENT_BYTES)} |`,
  `| tokens | ${show(settings.MAX_QUERY_TOKENS.default)} |`,
  `| levels | ${show(settings.MAX_QUERY_DEPTH.default)} |`,
  `| fields, fragments where they are spread | ${show(settings.MAX_QUERY_FIELDS.default)} |`,
  `| aliases | ${show(settings.MAX_QUERY_ALIASES.default)} |`,
  `| fields at the root | ${show(FIXED_LIMITS.rootFields)} |`,
  `| directives | ${show(FIXED_LIMITS.directives)} |`,
  `| items of a list, in the document or in variables | ${show(FIXED_LIMITS.listLength)} |`,
  `| levels of objects and lists in variables and in \`extensions\` | ${show(FIXED_LIMITS.nesting)} |`,
  `| planned calls | ${show(settings.MAX_PLANNED_CALLS.default)} |`,
  `may have ${settings.MAX_ANSWER_MB.default} MB (\`MAX_ANSWER_MB\`)`,
  `executes ${show(FIRST_TURN_UNITS)} fields in its first turn of the event loop and ${show(UNITS_PER_TURN)} in each later one`,
  `more than ${show(MAX_MEMBERS)} members`,
  `more than ${show(MAX_VALUES)} values`,
  `more than ${show(MAX_LEVELS)} levels`,
  `more than ${show(MAX_ITEMS)} objects`,
  `a body of more than ${kilobytes(limits.bodyMaxBytes)}; ${megabytes(limits.uploadMaxBytes)} if it contains a file, ${limits.maxUploads} of these at once`,
  `JSON of more than ${show(MAX_JSON_MEMBERS)} members`,
  `headers of more than ${kilobytes(limits.headerMaxBytes)}, or that take more than ${seconds(limits.headersTimeoutMs)}; a whole request that takes more than ${seconds(limits.requestTimeoutMs)}`,
  `${show(limits.maxConnections)} connections; one that is idle for ${seconds(limits.keepAliveTimeoutMs)}; an answer that is not read for ${seconds(limits.stallTimeoutMs)}`,
  `${limits.maxUnderWayOfConnection} are under way, the others stay unread and are answered in their order. ${limits.maxHeldConnections} connections may leave requests unread`,
  `${limits.maxUnderWay} in all, ${limits.maxUnderWayOfCaller} of one caller; tenants take turns`,
  `Up to ${show(limits.maxWaiting)} (${limits.maxWaitingOfCaller}) wait for ${seconds(limits.turnWaitMs)}`,
  `${megabytes(limits.bodiesMaxBytes)} in all, ${megabytes(limits.bodiesMaxBytesOfCaller)} of one caller, 24 MB`,
  `${megabytes(limits.answersMaxBytes)} in all, ${megabytes(limits.answersMaxBytesOfCaller)} of one caller`,
  `${megabytes(limits.answersMaxBytesOfConnection)} of one connection`,
  `nothing for longest (${limits.slowReaderMs} ms at least)`,
  `an answer of more than ${kilobytes(limits.freeAnswerBytes)} is replaced`,
])('docs/limits.md says: %s', (figures) => {
  expect(page).toContain(figures)
})
