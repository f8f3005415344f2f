// Whether a text repeats a secret, or a part of one: messages of Aurora are shown to callers, who do not have its credential.

/** A shorter part gives too little away, and other words could have it: `sk_prod_` alone has 8 characters. */
const PART = 10

/**
 * Finds ten characters from the beginning or the end of a secret, and every longer part from 19 on, in letters of
 * either case, also if the text is percent-encoded, or is base64 of something that contains the secret. A secret of
 * fewer characters is found as a whole. Nothing is worked out before the first text.
 */
export function createQuoteFinder(secrets: readonly string[]): (text: string) => boolean {
  let parts: readonly string[] | null = null
  return (text) => {
    parts ??= [...new Set(secrets.filter((secret) => secret !== '').flatMap(partsOf))]
    const texts = formsOfText(text)
    return parts.some((part) => texts.some((form) => form.includes(part)))
  }
}

function formsOfText(text: string): readonly string[] {
  const plain = text.toLowerCase()
  return plain.includes('%') ? [plain, plain.replace(/%([\da-f]{2})/g, decode).toLowerCase()] : [plain]
}

const decode = (_sign: string, digits: string): string => String.fromCharCode(Number.parseInt(digits, 16))

const partsOf = (secret: string): readonly string[] =>
  [secret, ...base64Forms(secret)].flatMap((form) => cut(form.toLowerCase()))

/** Each longer part of the form contains one of these as a whole. */
function cut(form: string): readonly string[] {
  if (form.length <= PART) return [form]
  const parts = [form.slice(-PART)]
  for (let at = 0; at + PART <= form.length; at += PART) parts.push(form.slice(at, at + PART))
  return parts
}

/** Three bytes are four signs, so there are three forms, by the place of the secret in what was encoded. */
function base64Forms(secret: string): readonly string[] {
  const bytes = Buffer.from(secret)
  return [0, 1, 2].flatMap((before) => {
    // The signs at both ends depend on the neighbours of the secret.
    const from = Math.ceil((before * 8) / 6)
    const to = Math.floor(((before + bytes.length) * 8) / 6)
    const sure = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .slice(from, to)
    return sure.length < PART ? [] : [sure, sure.replaceAll('+', '-').replaceAll('/', '_')]
  })
}
