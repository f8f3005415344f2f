import { describe, expect, it } from 'vitest'
import { chooseAnswer, parameterOf, prefersPage } from '../../../src/http/media-types.ts'

const JSON_TYPE = 'application/json'
const GRAPHQL = 'application/graphql-response+json'
const EVENTS = 'text/event-stream'

describe('an answer that is no stream has the media type that', () => {
  it.each<[string, string | null, string | null]>([
    ['is usual, where the client names none', null, JSON_TYPE],
    ['is usual, where the header is empty', ' ', JSON_TYPE],
    ['is usual, where all are accepted', '*/*', JSON_TYPE],
    ['is usual, where all of a kind are accepted', 'application/*', JSON_TYPE],
    ['is named alone', GRAPHQL, GRAPHQL],
    ['is named in capitals', 'APPLICATION/GraphQL-Response+JSON', GRAPHQL],
    ['is none, where a stream is named alone', EVENTS, null],
    ['is none, where parts are named alone', 'multipart/mixed;deferSpec=20220824', null],
    ['is named first of two', `${GRAPHQL}, ${JSON_TYPE}`, GRAPHQL],
    ['is named first of two, the other way around', `${JSON_TYPE}, ${GRAPHQL}`, JSON_TYPE],
    ['has the higher weight', `${JSON_TYPE};q=0.5, ${GRAPHQL};q=0.9`, GRAPHQL],
    ['has the higher weight, whatever stands first', `${GRAPHQL};q=0.5, ${JSON_TYPE};q=0.9`, JSON_TYPE],
    ['has the higher weight, with spaces and a capital Q', `${JSON_TYPE} ; Q=0.5 ,${GRAPHQL}`, GRAPHQL],
    ['is named in full rather than by a range', `*/*, ${GRAPHQL}`, GRAPHQL],
    ['is left, where one is refused', `${JSON_TYPE};q=0, */*`, GRAPHQL],
    ['is named, where all others are refused', `${GRAPHQL}, */*;q=0`, GRAPHQL],
    ['ends by itself rather than a stream', `${EVENTS}, ${JSON_TYPE}, multipart/mixed`, JSON_TYPE],
    ['ends by itself rather than a stream beside a range', `${EVENTS}, */*`, JSON_TYPE],
    ['is JSON, where a stream has the higher weight', `${EVENTS}, ${JSON_TYPE};q=0.9`, JSON_TYPE],
    ['is in UTF-8', `${JSON_TYPE};charset=iso-8859-1, ${GRAPHQL};charset="UTF-8"`, GRAPHQL],
    ['is in UTF-8 by its other name', `${GRAPHQL};charset=utf8`, GRAPHQL],
    ['has a weight that cannot be read, as if it had none', `${GRAPHQL};q=high`, GRAPHQL],
    ['is sent by Apollo Client 4', `${GRAPHQL},${JSON_TYPE};q=0.9`, GRAPHQL],
    ['is sent by axios', 'application/json, text/plain, */*', JSON_TYPE],
    ['no client accepts', 'image/png', null],
    ['is refused with all others', '*/*;q=0', null],
    ['is refused with zeros', '*/*;q=0.000', null],
    ['is refused with its kind', `application/*;q=0, ${JSON_TYPE};q=0.0`, null],
    ['exists in another charset only', `${JSON_TYPE};charset=utf-16`, null],
    ['is no type', ',;,/', null],
  ])('%s', (_, accept, type) => {
    expect(chooseAnswer(accept).json).toBe(type)
  })
})

describe('a stream has the form that', () => {
  const payloads = 'multipart/mixed;boundary=graphql;subscriptionSpec=1.0'
  it.each<[string, string | null, string | null]>([
    ['graphql-sse and EventSource name', EVENTS, 'events'],
    ['Apollo Client 4 names', `${payloads},${GRAPHQL},${JSON_TYPE};q=0.9`, 'payloads'],
    ['urql 6 names for a subscription', `${EVENTS}, multipart/mixed`, 'events'],
    [
      'urql 6 names for a query',
      `${GRAPHQL}, application/graphql+json, ${JSON_TYPE}, ${EVENTS}, multipart/mixed`,
      'events',
    ],
    ['is left, where events are refused', `${EVENTS};q=0, ${payloads}`, 'payloads'],
    ['has the higher weight', `${EVENTS};q=0.5, ${payloads}`, 'payloads'],
    ['has a quoted version', 'multipart/mixed; subscriptionSpec="1.0"', 'payloads'],
    ['has no protocol', 'multipart/mixed;deferSpec=20220824', 'parts'],
    ['is named by its kind, where no JSON is accepted', 'text/*', 'events'],
    ['nobody names, where everything is accepted', '*/*', null],
    ['nobody names beside JSON', `${JSON_TYPE}, */*`, null],
    ['nobody names without the header', null, null],
    ['is refused', `${JSON_TYPE}, ${EVENTS};q=0`, null],
  ])('%s', (_, accept, form) => {
    expect(chooseAnswer(accept).stream).toBe(form)
  })
})

it.each([
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', true],
  ['TEXT/HTML', true],
  ['text/html, application/json', true],
  ['application/json, text/html;q=0.5', false],
  ['text/html;q=0, */*', false],
  ['text/*', false],
  ['*/*', false],
  [null, false],
])('a client with Accept %s gets the page of the editor: %s', (accept, isPage) => {
  expect(prefersPage(accept)).toBe(isPage)
})

it.each([
  ['application/json; charset=utf-8', 'utf-8'],
  ['application/json;Charset="UTF-8"', 'UTF-8'],
  ['application/json ; charset = utf8 ; a=b', 'utf8'],
  ['application/json; mycharset=latin1', null],
  ['application/json', null],
])('the charset of %s is %s', (given, charset) => {
  expect(parameterOf(given, 'charset')).toBe(charset)
})
