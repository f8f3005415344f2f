// The rules for addresses of other servers, and for origins of web pages.
import { isIPv4 } from 'node:net'
import * as z from 'zod'
import { decodeOrNull } from './percent-encoding.ts'
import { list } from './rules.ts'

export function baseUrl() {
  return z.string().transform((given, context) => {
    const url = URL.canParse(given) ? new URL(given) : null
    if (url === null || !['http:', 'https:'].includes(url.protocol)) {
      context.addIssue({ code: 'custom', message: 'must be an absolute http or https URL' })
      return z.NEVER
    }
    // `url.search` is empty for a lone "?", so the text itself is tested.
    if (url.username || url.password || /[?#]/.test(given)) {
      context.addIssue({ code: 'custom', message: 'must have no user, password, query or fragment' })
      return z.NEVER
    }
    url.pathname = url.pathname.replace(/\/+$/, '')
    return url
  })
}

/** At most so many, each as `baseUrl` takes them. Messages quote none. */
export function urls(most: number) {
  const rule = `must be at most ${most} absolute http or https URLs without user, password, query or fragment, separated by commas`
  return list((entry) => baseUrl().safeParse(entry).success, rule)
    .refine((entries) => entries.length <= most, rule)
    .transform((entries) => entries.map((entry) => baseUrl().parse(entry)))
}

/**
 * The address may contain a password, so the message never quotes it. Without a scheme it is `http`, as in other
 * programs.
 */
export function proxyUrl() {
  return z
    .string()
    .transform((given, context) => {
      const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `http://${given}`
      const url = URL.canParse(text) ? new URL(text) : null
      const isProxy = url !== null && ['http:', 'https:'].includes(url.protocol)
      if (isProxy && [url.username, url.password].every((part) => decodeOrNull(part) !== null)) return url
      context.addIssue({
        code: 'custom',
        message:
          'must be the http or https URL of a proxy, with a percent-encoded user and password if it has them',
      })
      return z.NEVER
    })
    .optional()
}

/** The address at which an identity provider publishes its keys. */
export function httpsUrl() {
  return z
    .string()
    .transform((given, context) => {
      const url = URL.canParse(given) ? new URL(given) : null
      const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))
      if (url && isSafe && !url.username && !url.password) return url
      context.addIssue({ code: 'custom', message: 'must be an https URL without user or password' })
      return z.NEVER
    })
    .optional()
}

/** Loopback is all of 127.0.0.0/8 (RFC 1122, 3.2.1.3), ::1, and the name that RFC 6761 reserves for them. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase()
  return name === '::1' || name === 'localhost' || (isIPv4(name) && name.startsWith('127.'))
}

/** Origins as browsers write them (RFC 6454, 6.2): without a path, and not `*`, which would allow every page. */
export function origins() {
  return list(
    isOrigin,
    'must be origins such as https://app.example or capacitor://localhost, separated by commas, in lower case, without a path',
  )
}

/** Not `null`, which is the origin of every page of a file and of every sandboxed frame. */
function isOrigin(entry: string): boolean {
  if (!URL.canParse(entry) || entry !== entry.toLowerCase()) return false
  const { origin, protocol, host } = new URL(entry)
  if (origin !== 'null') return origin === entry
  // The pages of an app have a scheme of their own, for which URL has no origin, and browsers still send one.
  return host !== '' && protocol !== 'file:' && `${protocol}//${host}` === entry
}
