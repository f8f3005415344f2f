// Secrets made up for a test, and the search for them in everything that leaves the gateway.

/** The forms that a secret may have where it is found. */
const FORMS: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  encodeURIComponent,
  (secret) => JSON.stringify(secret).slice(1, -1),
  // Base64, whole and behind its usual prefix. The last characters depend on what follows, so they are left out.
  ...['', 'Bearer ', ':', 'user:'].map(
    (before) => (secret: string) => withoutEdges(Buffer.from(before + secret).toString('base64'), before),
  ),
  (secret) => Buffer.from(secret).toString('base64url').slice(0, -2),
]

const withoutEdges = (text: string, before: string): string =>
  text.replace(/=+$/, '').slice(Math.ceil((before.length * 4) / 3), -2)

/** `where: name` for each secret that is found, in whatever form. */
export const findCanaries = (
  canaries: Readonly<Record<string, string>>,
  texts: Readonly<Record<string, string>>,
): string[] =>
  Object.entries(texts).flatMap(([where, text]) =>
    Object.entries(canaries)
      .filter(([, secret]) => FORMS.some((toForm) => text.includes(toForm(secret))))
      .map(([name]) => `${where}: ${name}`),
  )
