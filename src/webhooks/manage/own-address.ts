// The addresses at which the gateway receives webhooks, as templates for Aurora, and how they are recognised in its lists.
import { eventRow } from '../../aurora/events.ts'
import type { EventName } from '../../aurora/events.ts'

/** The path below the address of the gateway. */
const PATH = '/webhooks/aurora/'

export interface OwnAddress {
  /** The template of an event. `hasIds` is false if Aurora refuses the placeholders of ids. */
  templateOf(event: EventName, hasIds?: boolean): string
  /** Whether a template leads to this tenant of the gateway, for any event and attributes. */
  isOwn(template: string): boolean
  /** Whether it leads to the gateway under the name of another tenant. */
  isOfOtherName(template: string): boolean
}

/**
 * `tenant` is part of the path if the gateway serves several; null: it serves one only. Several names may have one
 * tenant at Aurora, whose list then contains the subscriptions of all of them. An address without a name belongs to no
 * other name.
 */
export function createOwnAddress(base: URL, tenant: string | null): OwnAddress {
  const root = base.origin + base.pathname.replace(/\/+$/, '') + PATH
  function isOwn(template: string): boolean {
    const url = normalise(template) ?? ''
    if (!url.startsWith(root)) return false
    const name = nameIn(url.slice(root.length))
    return tenant === null || name === null || name === tenant
  }

  return {
    templateOf(event, hasIds = true) {
      const path = tenant === null ? event : `${encodeURIComponent(tenant)}/${event}`
      const members = hasIds ? eventRow(event).ids.map((id) => `${id.toLowerCase()}=<${id}>`) : []
      return root + path + (members.length > 0 ? `?${members.join('&')}` : '')
    },
    isOwn,
    isOfOtherName: (template) => (normalise(template) ?? '').startsWith(root) && !isOwn(template),
  }
}

/** The name in `{tenant}/{event}`; null for `{event}`, with or without a slash at the end. */
function nameIn(path: string): string | null {
  const [first = '', second = ''] = path.replace(/[?#].*$/s, '').split('/')
  if (second === '') return null
  try {
    return decodeURIComponent(first)
  } catch {
    return first
  }
}

/**
 * The same for every spelling of one template; null for a text that is no address. A user and a password are left out.
 */
function normalise(template: string): string | null {
  if (!URL.canParse(template)) return null
  const url = new URL(template)
  url.username = ''
  url.password = ''
  return url.href.replace(/%3C/gi, '<').replace(/%3E/gi, '>')
}

export const isSameTemplate = (one: string, other: string): boolean => normalise(one) === normalise(other)

/** Null if webhooks may be received at the address; otherwise its fault. */
export function findAddressFault(text: string): string | null {
  if (!URL.canParse(text)) return 'is no address'
  const { protocol, hostname, search, hash, username, password } = new URL(text)
  const isHere = hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
  if (protocol !== 'https:' && !(protocol === 'http:' && isHere))
    return 'must begin with https://, because the secret of the webhooks is sent there'
  if (username !== '' || password !== '') return 'must not contain a user or a password'
  return search !== '' || hash !== '' ? 'must not contain a query or a fragment' : null
}
