// The secrets among the settings: they are removed from every log line before it is written.
import type { AuroraConfig, Config, RedisConfig } from './config.ts'
import { decodeOrNull } from './percent-encoding.ts'

/** Digests of gateway keys are no secrets: the gateway accepts no digest as a key. */
export function secretsOf({
  aurora,
  tenants,
  redis,
  proxies,
  traces,
  metricsExport,
  webhooks,
  routers,
}: Config): string[] {
  return [
    ...[aurora, ...tenants.map((tenant) => tenant.aurora)].flatMap(ofAurora),
    ...(redis ? ofRedis(redis) : []),
    ...[proxies.https, proxies.http].flatMap(ofProxy),
    ...Object.values({ ...metricsExport?.headers, ...traces?.headers }).flatMap(ofHeader),
    ...[webhooks, ...webhooks.ofTenants].flatMap(({ keys }) => keys),
    ...tenants.flatMap(({ webhookKeys = [] }) => webhookKeys),
    ...(routers.invalidation ? ofHeader(routers.invalidation.key) : []),
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

const ofRedis = ({ url, tls, sentinel }: RedisConfig): string[] => [
  ...ofUrl(url),
  ...[tls?.key, sentinel?.password].filter((text) => text !== undefined),
]

/** The password as the address holds it, and decoded. */
function ofUrl(url: string): string[] {
  const { password } = new URL(url)
  return [password, decodeOrNot(password)]
}

/** A proxy gets its user and password together, in base64. */
function ofProxy(url: URL | null): string[] {
  if (url === null || url.password === '') return []
  return [...ofUrl(url.href), `${decodeOrNot(url.username)}:${decodeOrNot(url.password)}`]
}

/** The secret is the whole value, or the part after a scheme such as `Basic`. */
const ofHeader = (value: string): string[] => [value, value.replace(/^\S+\s+/, '')]

const decodeOrNot = (text: string): string => decodeOrNull(text) ?? text
