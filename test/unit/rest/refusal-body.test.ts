// What a refusal names beside its messages.
import { expect, it } from 'vitest'
import { readDesignRequestId } from '../../../src/rest/refusal-body.ts'

it.each([
  ['{"errors":[{"message":"running"}],"meta":{"design_request_id":"r-1"}}', 'r-1'],
  ['{"meta":{"design_request_id":7}}', '7'],
  ['{"meta":{"design_request_id":9007199254740993}}', '9007199254740993'],
  ['{"meta":{"design_request_id":"a/b"}}', undefined],
  ['{"meta":{"design_request_id":""}}', undefined],
  ['{"meta":{"design_request_id":{"id":"r"}}}', undefined],
  ['{"meta":["design_request_id"]}', undefined],
  ['{"meta":null}', undefined],
  ['{"errors":[]}', undefined],
  ['[]', undefined],
  ['null', undefined],
  ['<html>', undefined],
  ['', undefined],
])('%s names the design request %s', (text, id) => {
  expect(readDesignRequestId(text)).toBe(id)
})
