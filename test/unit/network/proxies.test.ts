import { describe, expect, it } from 'vitest'
import { authorityOf, proxyCredentials, proxyFor } from '../../../src/network/proxies.ts'

const https = new URL('http://secure.proxy:3128')
const http = new URL('http://plain.proxy:3128')
const isProxied = (address: string, exceptions: string): boolean =>
  proxyFor({ https, http, exceptions }, new URL(address)) !== null

describe('the proxy of an address', () => {
  it('is that of its scheme, and none stands in for the other', () => {
    const secure = new URL('https://aurora.example')
    const plain = new URL('http://aurora.example')
    expect(proxyFor({ https, http, exceptions: '' }, secure)).toBe(https)
    expect(proxyFor({ https, http, exceptions: '' }, plain)).toBe(http)
    expect(proxyFor({ https: null, http, exceptions: '' }, secure)).toBeNull()
    expect(proxyFor({ https, http: null, exceptions: '' }, plain)).toBeNull()
  })

  it.each([
    ['https://aurora.example', '*'],
    ['https://aurora.example', 'aurora.example'],
    ['https://AURORA.example.', 'Aurora.EXAMPLE'],
    ['https://aurora.example', 'localhost, aurora.example'],
    ['https://aurora.example', 'localhost aurora.example'],
    ['https://aurora.example', ',,aurora.example,'],
    ['https://api.aurora.example', 'aurora.example'],
    ['https://api.aurora.example', '.aurora.example'],
    ['https://api.aurora.example', '*.aurora.example'],
    ['https://aurora.example', '.aurora.example'],
    ['https://aurora.example', 'aurora.example:443'],
    ['http://aurora.example', 'aurora.example:80'],
    ['https://aurora.example:8443', 'aurora.example:8443'],
    ['http://10.1.2.3:4318', '10.0.0.0/8'],
    ['http://10.1.2.3:4318', '10.1.2.3'],
    ['http://10.1.2.3:4318', '10.1.2.3:4318'],
    ['http://[::1]:4318', '::1'],
    ['http://[::1]:4318', '[::1]'],
    ['http://[::1]:4318', '[::1]:4318'],
    ['http://[fd00::5]', 'fd00::/8'],
    ['http://[fd00::5]', 'FD00:0::5'],
  ])('%s is none with NO_PROXY=%s', (address, exceptions) => {
    expect(isProxied(address, exceptions)).toBe(false)
  })

  it.each([
    ['https://aurora.example', ''],
    ['https://aurora.example', ' , '],
    ['https://aurora.example', '.'],
    ['https://aurora.example', 'example.aurora'],
    ['https://myaurora.example', 'aurora.example'],
    ['https://aurora.example', 'aurora.example:8443'],
    ['https://aurora.example:8443', 'aurora.example:443'],
    ['http://11.1.2.3', '10.0.0.0/8'],
    ['http://10.1.2.3', '10.0.0.0/99'],
    ['http://10.1.2.3', '10.0.0.0/'],
    ['http://10.1.2.3', '10.0.0.0/x'],
    ['http://10.1.2.3', '2.3'],
    ['http://[::2]', '::1'],
    ['http://[::1]:4319', '[::1]:4318'],
    ['http://[::1]', '127.0.0.0/8'],
  ])('%s is used with NO_PROXY=%j', (address, exceptions) => {
    expect(isProxied(address, exceptions)).toBe(true)
  })
})

it.each([
  ['http://proxy', null],
  ['http://sun:moon@proxy', 'sun:moon'],
  ['http://sun@proxy', 'sun:'],
  ['http://a%40b:p%3Aw%2F@proxy', 'a@b:p:w/'],
])('the credentials in %s are %j', (address, expected) => {
  const sent = proxyCredentials(new URL(address))
  const decoded = sent && Buffer.from(sent.replace(/^Basic /, ''), 'base64').toString()
  expect(decoded).toBe(expected)
})

it.each([
  ['https://aurora.example', 'aurora.example:443'],
  ['http://aurora.example', 'aurora.example:80'],
  ['https://[::1]:8443', '[::1]:8443'],
])('a tunnel to %s names %s', (address, authority) => {
  expect(authorityOf(new URL(address))).toBe(authority)
})
