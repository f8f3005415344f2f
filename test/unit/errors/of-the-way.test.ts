import { expect, it } from 'vitest'
import { READS } from '../../../src/aurora/reads.ts'
import { toRefusalError } from '../../../src/rest/refusal-error.ts'
import { buildRefusal } from '../../support/builders.ts'
import { isFromTheWay, isOfTheWay, isUnseen } from '../../../src/errors/of-the-way.ts'

const span = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, nth) => from + nth)

it('these statuses are about the way, and no others', () => {
  const passing = [408, 421, 425, 460, 499, 502, 503, 504, ...span(520, 530), 598, 599]

  expect(span(100, 599).filter(isOfTheWay)).toEqual(passing)
  // These alone are worth a repeat of a read.
  const isPassing = (status: number): boolean =>
    toRefusalError(READS.retrieveProject, buildRefusal(status)).isPassing
  expect(span(300, 599).filter(isPassing)).toEqual(passing)
})

it('a proxy or a network that asks for a credential of its own lasts, and the service has not seen the call', () => {
  expect(span(100, 599).filter((status) => isUnseen(status) && !isOfTheWay(status))).toEqual([407, 511])
})

const PAGE = '<!DOCTYPE html><html><body>Blocked</body></html>'

it.each<[what: string, status: number, type: string, text: string | null]>([
  ['a page', 403, 'text/html', PAGE],
  ['a page without a type', 404, '', `\uFEFF\n ${PAGE}`],
  ['a page with the type of JSON', 401, 'application/json', PAGE],
  ['a piece of HTML', 410, 'text/html', '<p>gone</p>'],
  ['the XML of a store of files', 403, 'application/xml', '<?xml version="1.0"?><Error/>'],
  ['a page that is too long to be read', 403, 'text/html; charset=utf-8', null],
  ['the text of Cloudflare', 403, 'text/plain', 'error code: 1020\n'],
  ['the text of Envoy', 403, 'text/plain', 'RBAC: access denied'],
  ['the text of an ingress controller', 404, 'text/plain', 'default backend - 404'],
  ['a page about the number of a page', 400, 'text/html', PAGE],
])('%s is not from Aurora', (_, status, type, text) => {
  expect(isFromTheWay({ status, type, text })).toBe(true)
})

it.each<[what: string, status: number, type: string, text: string | null]>([
  ['nothing', 403, 'text/html', ''],
  ['JSON', 404, 'application/json', '{"errors":[{"message":"<b>no</b>"}]}'],
  ['JSON that is called a page', 404, 'text/html', '{"errors":[]}'],
  ['problem details', 403, 'application/problem+json', '{"title":"Forbidden"}'],
  ['problem details in XML', 403, 'application/problem+xml', '<problem/>'],
  ['a plain text', 401, 'text/html', 'HTTP Token: Access denied.'],
  ['a plain text', 404, 'text/plain', 'Not found'],
  ['JSON that is too long to be read', 403, 'application/json', null],
  ['a page with a status from which nothing follows', 503, 'text/html', PAGE],
  ['a page about the number of calls', 429, 'text/html', PAGE],
])('%s may be from Aurora: %i %s', (_, status, type, text) => {
  expect(isFromTheWay({ status, type, text })).toBe(false)
})
