// Finds faults in a head that Node's parser accepts, because a proxy before the gateway may read such a head differently.

import type { IncomingMessage } from 'node:http'
import type { Refusal } from './refusal.ts'

type Head = Pick<IncomingMessage, 'url' | 'headers' | 'rawHeaders' | 'httpVersionMajor' | 'httpVersionMinor'>

/**
 * Null if the head is right. The connection has to end with the refusal: the bytes that follow may be part of another
 * request.
 */
export function faultOfHead(head: Head): Refusal | null {
  if (head.httpVersionMajor !== 1) return VERSION
  const { host = '', 'transfer-encoding': coding } = head.headers
  if (coding !== undefined) {
    // RFC 9112, 6.1: a proxy of that version cannot find where the body ends.
    if (head.httpVersionMinor === 0) return OLD_CODING
    // The body would be read as it came, still compressed.
    if (coding.toLowerCase() !== 'chunked') return CODING
  }
  if (!isHost(host) || hasSecondHost(head)) return HOSTS
  return isForOtherHost(head.url ?? '', host) ? OTHER_HOST : null
}

/** RFC 9110, 7.2, and RFC 3986, 3.2.2: a name, or an address in brackets, and perhaps a port. It may be empty. */
const HOST = /^(?:\[[\w.:%~-]+\]|(?:[\w.~!$&'()*+,;=-]|%[\dA-Fa-f]{2})*)(?::\d*)?$/

export const isHost = (text: string): boolean => HOST.test(text)

/** Node's own object holds only the first host. It has fewer names than the raw list if any name comes twice. */
function hasSecondHost({ headers, rawHeaders }: Head): boolean {
  if (2 * Object.keys(headers).length === rawHeaders.length) return false
  return rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length > 1
}

/** A target that is a whole URL has the host of its Host field (RFC 9112, 3.2). */
function isForOtherHost(target: string, host: string): boolean {
  if (target.startsWith('/') || !URL.canParse(target)) return false
  const { protocol, host: named } = new URL(target)
  const received = `${protocol}//${host}`
  return !URL.canParse(received) || new URL(received).host !== named
}

const VERSION: Refusal = {
  status: 505,
  code: 'BAD_REQUEST',
  message: 'Only HTTP/1.1 and HTTP/1.0 are served here.',
}

const OLD_CODING: Refusal = {
  status: 400,
  code: 'BAD_REQUEST',
  message: 'A request in HTTP/1.0 cannot have a Transfer-Encoding.',
}

const CODING: Refusal = {
  status: 501,
  code: 'BAD_REQUEST',
  message: 'The body must be sent without a Transfer-Encoding other than "chunked".',
}

const HOSTS: Refusal = {
  status: 400,
  code: 'BAD_REQUEST',
  message: 'A request needs one Host field, with the name of one host.',
}

const OTHER_HOST: Refusal = {
  status: 400,
  code: 'BAD_REQUEST',
  message: 'The Host field and the address of the request name different hosts.',
}
