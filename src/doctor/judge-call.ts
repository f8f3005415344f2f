// Says in plain words what the result of the one call to Aurora shows of the credential and of the way to Aurora.
import { isForbidden, isGatewayError } from '../errors/errors.ts'
import { adviceOnTls } from '../errors/tls-faults.ts'
import type { ErrorCode } from '../errors/codes.ts'
import { ok, warning, wrong } from './finding.ts'
import type { Finding } from './finding.ts'

export interface TriedCall {
  readonly tenant: string
  readonly host: string
  /** Which settings hold the credential. */
  readonly credential: string
  /** Null if Aurora has answered with the tenant. */
  readonly error: unknown
  /** The name of a failure on the way, such as ENOTFOUND; null if there was none. */
  readonly fault: string | null
  readonly messages: readonly string[]
}

const isStatus = (error: unknown, status: number): boolean =>
  isGatewayError(error) && error.details.status === status

export function judgeCall(tried: TriedCall): Finding {
  const { tenant, host, credential, error, fault } = tried
  if (error === null) return ok('aurora', `Aurora at ${host} accepts the credential of ${tenant}`)
  if (isForbidden(error))
    return warning(
      'aurora',
      `Aurora at ${host} knows the credential of ${tenant}, and does not let it read its tenant`,
      'Right for a restricted key: what it may not read is null, with FORBIDDEN. Else give the key more rights at Aurora',
    )
  if (isStatus(error, 429))
    return warning(
      'aurora',
      `Aurora at ${host} answers 429: more calls were made with this key than the gateway has counted`,
      'Find the other program that uses the key, or lower AURORA_RATE_LIMIT by what it needs',
    )
  if (!isGatewayError(error))
    return wrong('aurora', `The call to ${host} failed (${fault ?? 'unknown'})`, null)
  const status = error.details.status === undefined ? '' : ` (HTTP ${error.details.status})`
  const advice = ADVICE[error.code] ?? ADVICE.UPSTREAM_UNAVAILABLE
  const [says, todo] = advice({ host, tenant, credential, fault })
  const quoted = tried.messages.length > 0 ? ` Aurora says: ${tried.messages.join(' ')}` : ''
  return wrong('aurora', `${says}${status}.${quoted}`, todo)
}

type Advice = (
  tried: Pick<TriedCall, 'host' | 'tenant' | 'credential' | 'fault'>,
) => readonly [says: string, todo: string]

const unreachable: Advice = ({ host, fault }) => [
  `Aurora at ${host} cannot be reached${fault === null ? '' : ` (${fault})`}`,
  fault?.startsWith('PROXY_')
    ? 'The proxy refuses: check its user and password in HTTPS_PROXY, and that it lets this host pass'
    : (ofTls(fault) ?? 'Check AURORA_BASE_URL, name resolution, HTTPS_PROXY and the firewall on the way out'),
]

/** A proxy that reads TLS has a certificate of its own. */
function ofTls(fault: string | null): string | null {
  const advice = adviceOnTls(fault ?? '', 'NODE_EXTRA_CA_CERTS, also where a proxy reads TLS')
  return advice === null ? null : `In TLS, ${advice}`
}

const ADVICE: Partial<Record<ErrorCode, Advice>> & { readonly UPSTREAM_UNAVAILABLE: Advice } = {
  UNAUTHORIZED: ({ host, tenant, credential }) => [
    `Aurora at ${host} does not accept the credential of ${tenant}`,
    `Check ${credential}: whether it is whole, not withdrawn, and of this AURORA_BASE_URL (keys of the sandbox begin with sk_sand_)`,
  ],
  UNPROCESSABLE: ({ host, tenant, credential }) => [
    `Aurora at ${host} does not accept the signature or the credential of ${tenant}`,
    `Check ${credential}, and the clock of this machine: a signature contains the time`,
  ],
  NOT_FOUND: ({ host, tenant }) => [
    `Aurora at ${host} has no such tenant for the credential of ${tenant}`,
    'Check AURORA_TENANT_ID (in TENANTS_FILE: tenantId), and that AURORA_BASE_URL is the environment of this key',
  ],
  BAD_REQUEST: ({ host }) => [
    `Aurora at ${host} calls the request malformed`,
    'Check the path in AURORA_BASE_URL and AURORA_API_VERSION',
  ],
  UPSTREAM_ERROR: ({ host }) => [
    `Aurora at ${host} fails`,
    'Nothing is wrong here: run this again when Aurora works',
  ],
  UPSTREAM_TIMEOUT: ({ host }) => [
    `Aurora at ${host} did not answer within AURORA_TIMEOUT_MS`,
    'Run this again; where it stays, look at the way out, and raise AURORA_TIMEOUT_MS',
  ],
  UPSTREAM_INVALID: ({ host }) => [
    `What ${host} answers is not Aurora's`,
    'Check AURORA_BASE_URL with its path, and that no proxy answers in its place',
  ],
  UPSTREAM_UNAVAILABLE: unreachable,
}
