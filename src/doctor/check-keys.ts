// Fetches the keys of the identity provider, as the first token of a caller would.
import { createPublishedKeys } from '../callers/published-keys.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { adviceOnTls } from '../errors/tls-faults.ts'
import { nameOf, ok, wrong } from './finding.ts'
import type { Finding } from './finding.ts'

export async function checkKeys(
  { tokens, proxies }: Pick<Config, 'tokens' | 'proxies'>,
  clock: Clock,
): Promise<readonly Finding[]> {
  if (tokens === null) return []
  const where = tokens.jwksUrl.host
  const published = createPublishedKeys({ url: tokens.jwksUrl, clock, proxies, unknownKeyPauseMs: 0 })
  try {
    await published.fetch()
  } catch (error) {
    return [
      wrong(
        'keys',
        `The keys of the identity provider at ${where} cannot be fetched (${nameOf(error)}): every caller is refused`,
        adviceOnTls(nameOf(error), 'NODE_EXTRA_CA_CERTS') ??
          'Check JWT_JWKS_URL and the way out (HTTPS_PROXY, firewall)',
      ),
    ]
  }
  const count = published.count()
  if (count > 0) return [ok('keys', `The identity provider at ${where} publishes ${count} keys`)]
  return [
    wrong(
      'keys',
      `The identity provider at ${where} publishes no key: every caller is refused`,
      'Check that JWT_JWKS_URL is the jwks_uri of its discovery document',
    ),
  ]
}
