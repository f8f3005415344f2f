// Claims of a token: by which names they are found, and which of their values let a caller write.
import { describe, expect, it } from 'vitest'
import { decideReadOnly, readClaim } from '../../../src/callers/claims.ts'

describe('a claim', () => {
  it.each<[string, object, unknown]>([
    ['role', { role: 'a' }, 'a'],
    ['role', {}, undefined],
    ['realm_access.roles', { realm_access: { roles: ['a'] } }, ['a']],
    ['realm_access.roles', { 'realm_access.roles': 'b', realm_access: { roles: ['a'] } }, 'b'],
    ['realm_access.roles', { 'realm_access.roles': null, realm_access: { roles: ['a'] } }, null],
    ['https://example.com/roles', { 'https://example.com/roles': ['a'] }, ['a']],
    ['https://example.com/app.roles', { 'https://example.com/app': { roles: ['a'] } }, ['a']],
    ['resource_access.my.app.roles', { resource_access: { 'my.app': { roles: ['a'] } } }, ['a']],
    ['resource_access.my.app.roles', { resource_access: { my: { app: { roles: ['a'] } } } }, ['a']],
    ['a.b', { a: { c: 1 } }, undefined],
    ['a.b', { a: 'text' }, undefined],
    ['a.b', { a: null }, undefined],
    ['a.', { a: { '': 1 } }, 1],
    ['.a', { '': { a: 1 } }, undefined],
    ['constructor', {}, undefined],
    ['a.constructor.name', { a: {} }, undefined],
    ['__proto__.toString', {}, undefined],
  ])('%s of %j is %j', (name, claims, found) => {
    expect(readClaim(claims, name)).toEqual(found)
  })
})

describe('a caller', () => {
  it.each<unknown>([
    'sales',
    'openid profile',
    ['sales'],
    ['sales', 'admin'],
    ['not read only', 'reader'],
    'read-only-not',
    'not:read-only',
    ['Verkäufer'],
  ])('with the roles %j may write', (claim) => {
    expect(decideReadOnly(claim, true)).toBe(false)
  })

  it.each<unknown>([
    'read-only',
    'openid read-only',
    '  read-only\tprofile ',
    'openid,read-only',
    'openid; read-only',
    'Read-Only',
    'READ_ONLY',
    'readOnly',
    ['sales', 'read only'],
    ['read-only'],
    ['sales', 'read-only'],
    ['admin', 'openid read-only'],
  ])('with the roles %j may only read, whatever other roles it has', (claim) => {
    expect(decideReadOnly(claim, false)).toBe(true)
  })

  it.each<unknown>([
    null,
    7,
    true,
    false,
    {},
    { 'read-only': true },
    { roles: ['sales'] },
    [{ name: 'sales' }],
    ['sales', null],
    ['sales', 7],
    [['sales']],
    '["sales"]',
    '[sales admin]',
    '{"role":"sales"}',
    '"sales"',
    ['["sales"]'],
    '',
    ' ',
    ',',
    [],
    [''],
  ])('with roles that cannot be read, or none, such as %j, may only read', (claim) => {
    expect(decideReadOnly(claim, true)).toBe(true)
    expect(decideReadOnly(claim, false)).toBe(true)
  })

  it('without the claim may write only where no setting names it', () => {
    expect(decideReadOnly(undefined, true)).toBe(true)
    expect(decideReadOnly(undefined, false)).toBe(false)
  })
})
