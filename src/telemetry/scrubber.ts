// Removes secrets from a text before it leaves the process: every configured secret, and every text with the shape of one.

export type Scrub = (text: string) => string

export interface Scrubber {
  readonly scrub: Scrub
  /** Adds secrets to look for. Earlier ones stay, since later texts may still quote them. */
  add(secrets: readonly string[]): void
}

const CENSOR = '[secret]'

/** A shorter secret would match parts of common words, and no key is so short. */
const MIN_SECRET = 6

/** Names of members, headers and settings that may hold a secret, as a text or a list of texts in JSON. */
const NAMES = [
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'api_?key',
  'token',
  'access_?token',
  'secret',
  'password',
  'signature',
  'credentials?',
  'gatewayKeys',
  'AURORA_API_(?:TOKEN|KEY|SECRET)',
  'REDIS_URL',
  'OTEL_EXPORTER_OTLP_HEADERS',
].join('|')
const TEXT = String.raw`"(?:[^"\\]|\\.)*"`
/** A text in JSON that is itself within a text of JSON, without its end. */
const TEXT_WITHIN = String.raw`(\\+")(?:[^"\\]|\\+[^"\\])*`
/**
 * The words at the beginning of a word of the text. A line break before it is `\n` in JSON, and a mark in an address is
 * `%3D`, so that a letter or a digit is before the word. Looking behind the word is quicker than looking ahead of each
 * place.
 */
const word = (words: string): string =>
  String.raw`(${words})(?<=(?:\b|\\[bfnrt]|\\u[\dA-Fa-f]{4}|%[\dA-Fa-f]{2})(?:${words}))`

/** Shapes of secrets that are not configured, such as a caller's key. */
const SHAPES: readonly (readonly [shape: RegExp, instead: string])[] = [
  [new RegExp(`("(?:${NAMES})":)(?:${TEXT}|\\[(?:${TEXT},?)*\\])`, 'gi'), `$1"${CENSOR}"`],
  [new RegExp(`("(?:${NAMES})\\\\+": ?)${TEXT_WITHIN}`, 'gi'), `$1$2${CENSOR}`],
  [new RegExp(`${word('bearer|basic')}(?:\\s+|%20|\\+)[A-Za-z0-9._~+/%-]{12,}=*`, 'gi'), `$1 ${CENSOR}`],
  // Aurora's keys and gateway keys.
  [new RegExp(`${word('[sr]k_|agk_')}[A-Za-z0-9_-]{6,}`, 'g'), CENSOR],
  // A JSON Web Token: the base64 of `{"` begins with these letters.
  [new RegExp(`${word('eyJ')}[A-Za-z0-9_-]{8,}(?:\\.[A-Za-z0-9_-]+)*`, 'g'), CENSOR],
  // The HMAC signature of older clients, and other secrets in addresses.
  [
    new RegExp(
      `${word('AuroraKey|Signature|api_?key|access_?token|token|secret|password')}(?:=|%3D)[^&\\s"'\\\\]+`,
      'gi',
    ),
    `$1=${CENSOR}`,
  ],
  [/(\w:\/\/)[^\s/@:"'\\]*:[^\s/@"'\\]*@/g, `$1${CENSOR}@`],
]

/** The cost of a text does not depend on the number of secrets, even if thousands of tokens begin alike. */
export function createScrubber(secrets: readonly string[] = []): Scrubber {
  const known = new Set<string>()
  const forms = createForms()

  function add(more: readonly string[]): void {
    for (const secret of more) {
      // A reload adds all of them again.
      if (secret.length < MIN_SECRET || known.has(secret)) continue
      known.add(secret)
      for (const form of formsOf(secret)) forms.add(form)
    }
  }

  function withoutKnown(text: string): string {
    let clean = ''
    let doneTo = 0
    for (let at = 0; at + MIN_SECRET <= text.length; at += 1) {
      const length = forms.lengthAt(text, at)
      if (length === 0) continue
      clean += text.slice(doneTo, at) + CENSOR
      doneTo = at + length
      at = doneTo - 1
    }
    return clean + text.slice(doneTo)
  }

  add(secrets)
  return {
    add,
    scrub: (text) =>
      SHAPES.reduce((clean, [shape, instead]) => clean.replace(shape, instead), withoutKnown(text)),
  }
}

/** Every form of every secret, by its first characters and its length. */
function createForms() {
  /** The longest first. */
  const byStart = new Map<string, Map<number, Set<string>>>()
  /** Whether a form may begin with these characters: most places of a text are passed without taking a part of it out. */
  const beginnings = new Uint8Array(BEGINNINGS)
  return {
    add(form: string): void {
      beginnings[beginningOf(form, 0)] = 1
      const start = form.slice(0, MIN_SECRET)
      const byLength = byStart.get(start) ?? new Map<number, Set<string>>()
      const equallyLong = byLength.get(form.length)
      if (equallyLong) return void equallyLong.add(form)
      byLength.set(form.length, new Set([form]))
      byStart.set(start, new Map([...byLength].toSorted(([one], [other]) => other - one)))
    },
    /** The length of the longest form that begins there; 0: there is none. */
    lengthAt(text: string, at: number): number {
      if (beginnings[beginningOf(text, at)] === 0) return 0
      const byLength = byStart.get(text.slice(at, at + MIN_SECRET))
      if (!byLength) return 0
      for (const [length, forms] of byLength) if (forms.has(text.slice(at, at + length))) return length
      return 0
    },
  }
}

/** A thousand secrets with ten forms each are in half of them; a power of two. */
const BEGINNINGS = 16 * 1024

/** A number for the first four characters. */
function beginningOf(text: string, at: number): number {
  let sum = 0
  for (let place = at; place < at + 4; place += 1) sum = (sum * 31 + text.charCodeAt(place)) | 0
  return (sum ^ (sum >>> 14)) & (BEGINNINGS - 1)
}

/** The forms of a secret in a header, an address, a JSON text, or inside of a text that was encoded as base64. */
function formsOf(secret: string): string[] {
  const quoted = JSON.stringify(secret).slice(1, -1)
  const plain = [
    secret,
    quoted,
    JSON.stringify(quoted).slice(1, -1),
    ...addressForms(secret),
    // As PHP and as Go write JSON.
    JSON.stringify(quoted.replaceAll('/', '\\/')).slice(1, -1),
    JSON.stringify(quoted.replace(/[&<>]/g, toEscape)).slice(1, -1),
  ]
  return [...plain, ...base64Forms(secret)].filter((form) => form.length >= MIN_SECRET)
}

const toEscape = (sign: string): string => `\\u00${sign.charCodeAt(0).toString(16)}`

/** In an address and in a form, with hex digits of either case. */
function addressForms(secret: string): string[] {
  const forms = [
    encodeURIComponent(secret),
    encodeURI(secret),
    encodeURIComponent(secret).replace(
      /[!'()*]/g,
      (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
    ),
    new URLSearchParams([['', secret]]).toString().slice(1),
  ]
  return [...forms, ...forms.map((form) => form.replace(/%../g, (sign) => sign.toLowerCase()))]
}

/** Base64 turns three bytes into four signs, so a secret has three forms, by its position in the encoded text. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret)
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    // The signs at either end may depend on neighbouring bytes: only the signs between them are certain.
    const from = Math.ceil((before * 8) / 6)
    const to = Math.floor(((before + bytes.length) * 8) / 6)
    const sure = text.slice(from, to)
    return [sure, sure.replaceAll('+', '-').replaceAll('/', '_'), encodeURIComponent(sure)]
  })
}
