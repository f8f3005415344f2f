// Which of the settings must never be read by anybody: what is looked for in every line before it is written.
import type { AuroraConfig, Config } from './config.ts'

/** Digests of gateway keys are none: nobody gets in with one. */
export function secretsOf({ aurora, tenants, redis, traces }: Config): string[] {
  return [
    ...[aurora, ...tenants.map((tenant) => tenant.aurora)].flatMap(ofAurora),
    ...(redis ? ofUrl(redis.url) : []),
    ...Object.values(traces?.headers ?? {}).flatMap(ofHeader),
  ]
}

function ofAurora(aurora: AuroraConfig | null): string[] {
  switch (aurora?.credential.kind) {
    case undefined:
      return []
    case 'bearer':
      return [aurora.credential.token]
    case 'hmac':
      return [aurora.credential.key, aurora.credential.secret]
  }
}

/** As it stands in the address, and as it is meant. */
function ofUrl(url: string): string[] {
  const { password } = new URL(url)
  return [password, decodeOrNot(password)]
}

/** `Basic …` and the like: what comes behind the scheme is the secret. */
const ofHeader = (value: string): string[] => [value, value.replace(/^\S+\s+/, '')]

function decodeOrNot(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
