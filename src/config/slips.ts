// Values that an operator has probably not meant: quotation marks, and an address that does not fit the tenant or the key.
import { isLoopback } from './url-rules.ts'
import { settings } from './settings.ts'
import type { Texts } from './settings.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** A password may have any characters. */
const MAY_BE_QUOTED: ReadonlySet<string> = new Set(['REDIS_SENTINEL_PASSWORD'])

/** A shell removes quotation marks, and a file that is given to `docker run --env-file` keeps them. */
export const quoteProblems = (env: Environment): string[] =>
  Object.keys(settings)
    .filter((name) => /^(["']).*\1$/s.test(env[name] ?? '') && !MAY_BE_QUOTED.has(name))
    .map((name) => `${name} is in quotation marks, which count as a part of it: remove them`)

/** Copied from a call of Aurora's; a proxy in front of it may have a path with such a word as well, followed by something else. */
const TENANT_PATH = /\/tenants(?:\/[\da-f-]{36}(?:\/.*)?)?\/?$/i

export function addressProblems({ AURORA_BASE_URL: given = '', NODE_ENV }: Texts): string[] {
  const url = URL.canParse(given) ? new URL(given) : null
  if (url === null) return []
  const problems: string[] = []
  if (TENANT_PATH.test(url.pathname))
    problems.push('AURORA_BASE_URL must end before /tenants: AURORA_TENANT_ID names the tenant')
  if (NODE_ENV === 'production' && isPlainToAnotherMachine(url))
    problems.push('AURORA_BASE_URL must be https in production: http would send the credential in the clear')
  return problems
}

export function addressWarnings(env: Environment): string[] {
  const given = env['AURORA_BASE_URL'] || settings.AURORA_BASE_URL.default
  const url = URL.canParse(given) ? new URL(given) : null
  const token = env['AURORA_API_TOKEN'] ?? ''
  if (url === null) return []
  const warnings: string[] = []
  const other = OTHER_KEYS.get(url.hostname)
  if (other !== undefined && token.startsWith(other))
    warnings.push(
      `AURORA_API_TOKEN begins with ${other}, and AURORA_BASE_URL is the address for other keys: Aurora will probably not accept it`,
    )
  if (token !== '' && isPlainToAnotherMachine(url))
    warnings.push('AURORA_BASE_URL is http: the credential is sent in the clear')
  return warnings
}

/** How the keys of the sandbox and of production begin. */
const OTHER_KEYS: ReadonlyMap<string, string> = new Map([
  ['api.aurorasolar.com', 'sk_sand_'],
  ['api-sandbox.aurorasolar.com', 'sk_prod_'],
])

const isPlainToAnotherMachine = ({ protocol, hostname }: URL): boolean =>
  protocol === 'http:' && !isLoopback(hostname)
