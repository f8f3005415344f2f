// The command `npm run doctor`: looks at everything that the gateway needs, and makes one call to Aurora at the most.
import type { Clock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { secretsOf } from '../config/secrets.ts'
import { checkFiles } from '../doctor/check-files.ts'
import { checkKeys } from '../doctor/check-keys.ts'
import { checkPorts } from '../doctor/check-ports.ts'
import { checkRedis } from '../doctor/check-redis.ts'
import { ok, skipped, warning, wrong } from '../doctor/finding.ts'
import type { Finding, Report } from '../doctor/finding.ts'
import { judgeSettings } from '../doctor/judge-settings.ts'
import { UsageError } from '../doctor/read-words.ts'
import type { DoctorWords } from '../doctor/read-words.ts'
import { tryTenant, UNCOUNTED } from './doctor-call.ts'
import type { Tried } from './doctor-call.ts'
import { ManifestError } from '../documents/manifest.ts'
import { createServedTenants } from '../gateway/served-tenants.ts'
import { createScrubber } from '../telemetry/scrubber.ts'

export interface DoctorOptions {
  /** The settings, or their faults. */
  readonly settings: Config | { readonly problems: readonly string[] }
  readonly warnings: readonly string[]
  readonly clock: Clock
  /** Ends the waits and the reads. */
  readonly signal: AbortSignal
}

export async function examine(words: DoctorWords, options: DoctorOptions): Promise<Report> {
  const { settings, warnings, clock, signal } = options
  if ('problems' in settings)
    return toReport(0, [
      ...settings.problems.map((problem) => wrong('settings', problem, null)),
      ...warnings.map((text) => warning('settings', text, null)),
      skipped('aurora', 'Nothing else was looked at: the settings have to be right first'),
    ])
  const [ports, redis, keys] = await Promise.all([
    checkPorts(settings, clock),
    settings.redis === null ? [] : checkRedis({ redis: settings.redis, clock, signal }),
    checkKeys(settings, clock),
  ])
  const isRedisWrong = redis.some(({ verdict }) => verdict === 'wrong')
  const aurora = await checkAurora(words, settings, { ...options, isRedisWrong })
  const { scrub } = createScrubber(secretsOf(settings))
  const findings = [
    ...judgeSettings(settings, warnings),
    ...(await checkDocuments(settings)),
    ...checkFiles(settings),
    ...ports,
    ...redis,
    ...keys,
    ...aurora.findings,
  ]
  return toReport(
    aurora.calls,
    findings.map((each) => ({ ...each, says: scrub(each.says) })),
  )
}

const toReport = (calls: number, findings: readonly Finding[]): Report => ({
  isRight: findings.every(({ verdict }) => verdict !== 'wrong'),
  calls,
  findings,
})

/** The schema takes a while to load, so it is loaded only for this check. */
async function checkDocuments(config: Config): Promise<readonly Finding[]> {
  if (config.documents.path === null) return []
  const { createTrustedDocuments } = await import('../gateway/trusted-documents.ts')
  const { createServedSchema } = await import('../gateway/served-schema.ts')
  try {
    const { count } = createTrustedDocuments(config, createServedSchema(config)).current()
    return [ok('files', `DOCUMENTS_FILE contains ${count} documents, and each can be executed`)]
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error
    return error.problems.map((problem) => wrong('files', problem, 'docs/persisted-documents.md'))
  }
}

async function checkAurora(
  words: DoctorWords,
  config: Config,
  options: DoctorOptions & { readonly isRedisWrong: boolean },
): Promise<Tried> {
  const without = (finding: Finding): Tried => ({ calls: 0, findings: [finding] })
  if (config.callerAuth === 'passthrough')
    return without(skipped('aurora', 'Callers bring their own credentials: there is none to try'))
  if (config.aurora === null && config.tenants.length === 0)
    return without(
      warning(
        'aurora',
        'No credential is set: the built-in simulated Aurora answers with made-up data',
        'Set AURORA_TENANT_ID and AURORA_API_TOKEN for your own',
      ),
    )
  if (words.isOffline) return without(skipped('aurora', 'Not asked: --offline'))
  if (options.isRedisWrong) return without(UNCOUNTED)
  const served = await createServedTenants(config, options.clock)
  try {
    const tenants = served.tenants.all()
    const tenant = words.tenant === null ? tenants[0] : served.tenants.find(words.tenant)
    if (!tenant) throw new UsageError(`There is no tenant ${words.tenant ?? ''}.`)
    const { rateLimitOf } = served.tenants
    const limits = { rateLimitOf, lowest: tenant.rateLimit ?? config.rateLimit }
    const tried = await tryTenant(tenant, { ...options, config, limits })
    const others = tenants.length - 1
    if (others === 0) return tried
    const says = `${others} other tenants were not tried: that would be as many calls`
    return { ...tried, findings: [...tried.findings, skipped('aurora', says)] }
  } finally {
    await served.close()
  }
}
