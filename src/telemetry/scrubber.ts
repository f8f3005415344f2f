// The last look at a text before it leaves: no secret that the gateway knows, and nothing of the shape of one.

export type Scrub = (text: string) => string

export interface Scrubber {
  readonly scrub: Scrub
  /** From now on these are looked for as well; those before stay, as what was said with them may still be quoted. */
  learn(secrets: readonly string[]): void
}

const CENSOR = '[secret]'

/** Shorter ones would be found in every other word, and no key is so short. */
const MIN_SECRET = 6

/** Names under which a secret may travel, here, in headers and in the settings; a text or a list of them in JSON. */
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

/** For secrets that nobody told us, such as what a caller brought. */
const SHAPES: readonly (readonly [shape: RegExp, instead: string])[] = [
  [new RegExp(`("(?:${NAMES})":)(?:${TEXT}|\\[(?:${TEXT},?)*\\])`, 'gi'), `$1"${CENSOR}"`],
  [/\b(bearer|basic)(\s+|%20)[A-Za-z0-9._~+/%-]{12,}=*/gi, `$1 ${CENSOR}`],
  // Aurora's keys and our own.
  [/\b(?:[sr]k|agk)_[A-Za-z0-9_-]{6,}/g, CENSOR],
  // A JSON Web Token: base64 of `{"` begins so.
  [/\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+)*/g, CENSOR],
  // The older signature, and what others put into addresses.
  [
    /\b(AuroraKey|Signature|api_?key|access_?token|token|secret|password)(=|%3D)[^&\s"'\\]+/gi,
    `$1=${CENSOR}`,
  ],
  [/(\w:\/\/)[^\s/@:"'\\]*:[^\s/@"'\\]*@/g, `$1${CENSOR}@`],
]

/** What it costs does not depend on how many secrets there are: tenants may be thousands, and lines many a second. */
export function createScrubber(secrets: readonly string[] = []): Scrubber {
  /** Every form of every secret, by its first characters, the longest first. */
  const byStart = new Map<string, string[]>()

  function learn(more: readonly string[]): void {
    for (const secret of more)
      if (secret.length >= MIN_SECRET)
        for (const form of formsOf(secret)) {
          const start = form.slice(0, MIN_SECRET)
          const others = byStart.get(start) ?? []
          if (others.includes(form)) continue
          byStart.set(
            start,
            [...others, form].toSorted((one, other) => other.length - one.length),
          )
        }
  }

  function withoutKnown(text: string): string {
    let clean = ''
    let doneTo = 0
    for (let at = 0; at + MIN_SECRET <= text.length; at += 1) {
      const found = byStart.get(text.slice(at, at + MIN_SECRET))?.find((form) => text.startsWith(form, at))
      if (found === undefined) continue
      clean += text.slice(doneTo, at) + CENSOR
      doneTo = at + found.length
      at = doneTo - 1
    }
    return clean + text.slice(doneTo)
  }

  learn(secrets)
  return {
    learn,
    scrub: (text) =>
      SHAPES.reduce((clean, [shape, instead]) => clean.replace(shape, instead), withoutKnown(text)),
  }
}

/** A secret as it may stand in a header, an address, a JSON text, or inside of something that was put into base64. */
function formsOf(secret: string): string[] {
  const quoted = JSON.stringify(secret).slice(1, -1)
  const plain = [
    secret,
    quoted,
    JSON.stringify(quoted).slice(1, -1),
    encodeURIComponent(secret),
    encodeURI(secret),
  ]
  return [...plain, ...base64Forms(secret)].filter((form) => form.length >= MIN_SECRET)
}

/** Three letters become four signs, so what a text looks like depends on where among its neighbours it begins. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret)
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    // Signs at either end that the neighbours have a part in: of those only the secret's own are sure.
    const from = Math.ceil((before * 8) / 6)
    const to = Math.floor(((before + bytes.length) * 8) / 6)
    const sure = text.slice(from, to)
    return [sure, sure.replaceAll('+', '-').replaceAll('/', '_'), encodeURIComponent(sure)]
  })
}
