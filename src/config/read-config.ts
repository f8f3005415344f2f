// The only reader of the environment: every setting is validated here, together, before anything else starts.
import { doAtOnce } from '../turns/at-once.ts'
import type { Pieces } from '../turns/at-once.ts'
import type { Config } from './config.ts'
import { isInjected } from './injected.ts'
import { fieldsSchema } from './fields.ts'
import { keyProblems, problemsBetween } from './problems.ts'
import { withSecretsOfFiles } from './secret-files.ts'
import { settings } from './settings.ts'
import type { Setting, Texts } from './settings.ts'
import { readTenantsFile } from './tenants-file.ts'
import type { TenantsFile } from './tenants-file.ts'
import { usualStateDir } from './state-dir.ts'
import { toConfig } from './to-config.ts'
import { warningsOf } from './warnings.ts'

type Env = Readonly<Record<string, string | undefined>>

export class ConfigError extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`Wrong settings:\n${problems.join('\n')}`)
    this.name = 'ConfigError'
    this.problems = problems
  }
}

const HMAC_BASE_URL = 'https://api.aurorasolar.com/v2'

/** Throws a ConfigError that names all problems together, and never the value of a secret. */
export const readConfig = (given: Env = process.env): Config => doAtOnce(readConfigInPieces(given))

/** The same in pieces, for a process that serves requests meanwhile, because there may be thousands of tenants. */
export function* readConfigInPieces(given: Env = process.env): Pieces<Config> {
  const { env, problems: unread } = withSecretsOfFiles(given)
  const texts = textsOf(env)
  const fields = fieldsSchema().safeParse(texts)
  const file = yield* readTenants(env, texts)
  const problems = [
    // These come first, because what cannot be read is often why something below is wrong.
    ...unread,
    ...(fields.error?.issues ?? []).map((issue) => `${String(issue.path[0])} ${issue.message}`),
    ...problemsBetween(env, texts),
    ...keyProblems(texts, file.tenants),
    ...file.problems,
  ]
  if (!fields.success || problems.length > 0) throw new ConfigError(problems)
  return freezeDeep(toConfig(fields.data, file.tenants))
}

/** Settings that the operator may not have meant. The gateway starts all the same. No text contains a value. */
export const readWarnings = (env: Env = process.env): readonly string[] =>
  warningsOf(withSecretsOfFiles(env).env)

/** What Node itself was started with, in the order in which it reads it. */
export const readNodeFlags = (env: Env = process.env): readonly string[] => [
  env['NODE_OPTIONS'] ?? '',
  ...process.execArgv,
]

function* readTenants(env: Env, texts: Texts): Pieces<TenantsFile> {
  if (texts.TENANTS_FILE === undefined) return { tenants: [], problems: [] }
  const given = env['AURORA_BASE_URL'] ?? ''
  return yield* readTenantsFile({
    path: texts.TENANTS_FILE,
    env,
    isProduction: texts.NODE_ENV === 'production',
    baseUrlOf: (kind) =>
      new URL(
        URL.canParse(given) ? given : kind === 'hmac' ? HMAC_BASE_URL : settings.AURORA_BASE_URL.default,
      ),
  })
}

/**
 * An empty text counts as unset: container files cannot unset a variable, only empty it. So does a text of Kubernetes, which
 * sets METRICS_PORT for a Service named metrics.
 */
function textsOf(env: Env): Texts {
  const isProduction = env['NODE_ENV'] === 'production'
  const fallbacks: Readonly<Record<string, string | undefined>> = {
    AURORA_BASE_URL: env['AURORA_API_KEY'] ? HMAC_BASE_URL : undefined,
    STATE_DIR: usualStateDir(env),
  }
  const entries = Object.entries<Setting>(settings).map(([name, setting]) => {
    const usual = (isProduction ? setting.inProduction : undefined) ?? setting.default
    return [name, givenOf(name, env) || fallbacks[name] || usual || undefined]
  })
  return Object.fromEntries(entries) as Texts
}

function givenOf(name: string, env: Env): string | undefined {
  if (isInjected(name, env[name])) return undefined
  return name.endsWith('_PROXY') ? env[name.toLowerCase()] || env[name] : env[name]
}

/** A URL keeps its state in private fields that freezing does not affect, so it is left unchanged. */
function freezeDeep<T>(value: T): T {
  if (typeof value !== 'object' || value === null || value instanceof URL) return value
  for (const inner of Object.values(value)) freezeDeep(inner)
  return Object.freeze(value)
}
