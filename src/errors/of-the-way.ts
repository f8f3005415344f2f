// Which failures are about the way to Aurora and not about what was asked for: by their status, or by a body that Aurora does not send.

/**
 * The same call may succeed at another moment or on another way: 408, 421 and 425 are about the moment and the connection (RFC 9110, RFC
 * 8470); proxies answer 502, 503 and 504 while the service behind them restarts. The others are not registered: 460 and 499 if a
 * server on the way gave the call up, 520 to 530 if Cloudflare, and others after it, did not reach the service or
 * were overloaded, 598 and 599 after a timeout. Any other 5xx, 500 above all, is an answer of the service; 501, 505 to 508 and 510 last.
 */
const OF_THE_WAY: ReadonlySet<number> = new Set([
  408, 421, 425, 460, 499, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 528, 529, 530, 598, 599,
])

export const isOfTheWay = (status: number): boolean => OF_THE_WAY.has(status)

/** A proxy that asks for a credential of its own (RFC 9110, 15.5.8), and a network that asks for a login (RFC 6585, 6). */
const ASKED_ON_THE_WAY: ReadonlySet<number> = new Set([407, 511])

/** Whether the service itself has not looked at the call, so that nothing follows for the service or a credential. */
export const isUnseen = (status: number): boolean => isOfTheWay(status) || ASKED_ON_THE_WAY.has(status)

/**
 * From these statuses something follows for an object, a list or a credential, so they have to be Aurora's own. A 422 is none of them:
 * no firewall answers with it, and frameworks have a page for it.
 */
const VERDICTS: ReadonlySet<number> = new Set([400, 401, 403, 404, 409, 410, 416, 423])

/** A refusal as it came. */
export interface RefusalBody {
  readonly status: number
  readonly type: string
  /** Null if it could not be read, or was too long. */
  readonly text: string | null
}

/**
 * Whether a server on the way has answered in Aurora's place, such as a firewall with its page. Aurora sends JSON, or nothing; other
 * versions may send a plain text. A text without a page is only taken for a server's if it is known as one.
 */
export function isFromTheWay({ status, type, text }: RefusalBody): boolean {
  if (!VERDICTS.has(status)) return false
  if (text === null) return /html/i.test(type)
  return (isMarkup(text) && !/problem\+xml/i.test(type)) || KNOWN_TEXTS.some((known) => known.test(text))
}

const isMarkup = (text: string): boolean => /^\uFEFF?\s*</.test(text)

/** Of Cloudflare, Envoy and the ingress controller of Kubernetes. */
const KNOWN_TEXTS: readonly RegExp[] = [
  /^\s*error code: 1\d{3}\s*$/i,
  /^\s*RBAC: access denied\s*$/i,
  /^\s*default backend - 404\s*$/i,
]
