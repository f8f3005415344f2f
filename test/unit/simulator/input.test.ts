// What the simulator refuses as a name or an address of mail, as no Aurora would take it.
import { expect, it } from 'vitest'
import { aName, mailAddress } from '../../../src/simulator/input.ts'
import type { OperationRequest } from '../../../src/simulator/operation.ts'

const REQUEST = {} as OperationRequest

it.each([
  [aName, 'Roof', true],
  [aName, '', false],
  [aName, ' \t', false],
  [aName, 'x'.repeat(256), false],
  [aName, 7, false],
  [mailAddress, 'a@b.example', true],
  [mailAddress, 'a@localhost', true],
  [mailAddress, '@', false],
  [mailAddress, 'a b@c.example', false],
  [mailAddress, 'nobody', false],
  [mailAddress, '', false],
])('%o takes %j: %s', (rule, value, isTaken) => {
  expect(rule(value, REQUEST) === null).toBe(isTaken)
})
