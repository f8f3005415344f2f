// What passes the door and what stays there.
import { describe, expect, it } from 'vitest'
import { withoutConsumedFields, withoutConsumedHeaders, withoutHopByHop } from '../../../src/http/headers.ts'

describe('headers of one hop', () => {
  it('stay behind, together with those that Connection names', () => {
    const headers = new Headers({
      connection: 'close, X-Mine,, bad name',
      'x-mine': '1',
      'keep-alive': 'timeout=5',
      'proxy-authorization': 'Basic x',
      te: 'trailers',
      trailer: 'x-sum',
      'transfer-encoding': 'chunked',
      upgrade: 'h2c',
      'content-type': 'application/json',
    })
    expect([...withoutHopByHop(headers)]).toEqual([['content-type', 'application/json']])
  })

  it('do not take the cookies of an answer with them, nor join them', () => {
    const headers = new Headers([
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ])
    expect(withoutHopByHop(headers).getSetCookie()).toEqual(['a=1', 'b=2'])
  })
})

describe('headers of the door', () => {
  it('keys end here', () => {
    const headers = new Headers({
      authorization: 'Bearer k',
      'x-api-key': 'k',
      expect: '100-continue',
      accept: '*/*',
    })
    expect([...withoutConsumedHeaders(headers)]).toEqual([['accept', '*/*']])
  })

  it('of a request that is no web Request are read with the same left out', () => {
    const headers = new Headers({
      authorization: 'Bearer k',
      'x-api-key': 'k',
      'x-aurora-tenant-id': 't',
      connection: 'Prefer',
      prefer: 'wait=1',
      te: 'trailers',
      'cache-control': 'no-cache',
    })
    const fields = withoutConsumedFields(headers)
    const passed = withoutConsumedHeaders(headers)
    for (const name of headers.keys()) {
      expect([name, fields.get(name)]).toEqual([name, passed.get(name)])
      expect([name, fields.has(name)]).toEqual([name, passed.has(name)])
    }
    expect([fields.get('cache-control'), fields.get('prefer')]).toEqual(['no-cache', null])
  })

  it.each([
    ['abc-123', 'abc-123'],
    ['a'.repeat(64), 'a'.repeat(64)],
    ['a'.repeat(65), null],
    ['a b', null],
    ['{"a":1}', null],
    ['', null],
  ])('the request id %j passes as %j', (given, passed) => {
    expect(withoutConsumedHeaders(new Headers({ 'x-request-id': given })).get('x-request-id')).toBe(passed)
  })
})
