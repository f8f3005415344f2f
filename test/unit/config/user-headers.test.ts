// The header that names users is one that nobody sets unless the router does.
import { expect, it } from 'vitest'
import { canNameUsers } from '../../../src/config/user-headers.ts'

it.each([
  'x-user-id',
  'X-User',
  'user',
  'x-forwarded-user',
  'x-forwarded-email',
  'x-forwarded-preferred-username',
  'x-auth-request-user',
  'remote-user',
  'x-authenticated-userid',
  'x-amzn-oidc-identity',
  'cf-access-user',
])('%s can', (name) => {
  expect(canNameUsers(name)).toBe(true)
})

it.each([
  'authorization',
  'Authorization',
  'Cookie',
  'host',
  'x-api-key',
  'x-aurora-tenant-id',
  'proxy-authorization',
  'x-forwarded-for',
  'X-Forwarded-For',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'forwarded',
  'x-real-ip',
  'x-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'cf-connecting-ipv6',
  'fastly-client-ip',
  'via',
  'user-agent',
  'referer',
  'origin',
  'from',
  'accept',
  'accept-language',
  'content-type',
  'content-length',
  'connection',
  'te',
  'upgrade',
  'transfer-encoding',
  'if-none-match',
  'cache-control',
  'prefer',
  'sec-fetch-site',
  'traceparent',
  'x-request-id',
  'x-b3-traceid',
  'last-event-id',
  'apollographql-client-name',
  'graphql-require-preflight',
  'x-apollo-operation-name',
  'x-requested-with',
])('%s cannot', (name) => {
  expect(canNameUsers(name)).toBe(false)
})
