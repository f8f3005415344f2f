// Secrets in files, as container platforms mount them: NAME_FILE names the file that contains the value of NAME.
import { readSecret } from './read-bytes.ts'
import { settings } from './settings.ts'
import type { Name, Setting, Texts } from './settings.ts'

type Environment = Readonly<Record<string, string | undefined>>

interface WithSecrets {
  /** The environment, with each secret of a file in its variable. */
  readonly env: Environment
  readonly problems: readonly string[]
}

const SUFFIX = '_FILE'
/** The secrets, and certificates. */
const SECRETS = Object.entries<Setting>(settings)
  .filter(([, { isSecret, isLong }]) => isSecret || isLong)
  .map(([name]) => name)

/** The variables that name such files. */
export const SECRET_FILES: readonly string[] = SECRETS.map((name) => `${name}${SUFFIX}`)

/** The last line end of a file is not part of the secret: most editors and tools write one. */
export function withSecretsOfFiles(env: Environment): WithSecrets {
  const problems: string[] = []
  const found: Record<string, string> = {}
  for (const name of SECRETS) {
    const path = env[`${name}${SUFFIX}`]
    if (!path) continue
    const { text, problem } = readSecret(path)
    if (isGiven(name, env))
      problems.push(`${name} must not be set beside ${name}${SUFFIX}: choose one of them`)
    else if (text) found[name] = text
    else problems.push(`${name}${SUFFIX} ${problem}`)
  }
  return { env: { ...env, ...found }, problems }
}

/** A secret whose file cannot be read is set: a second message, that it is missing, would lead the operator astray. */
export const isSet =
  (env: Environment, texts: Texts) =>
  (name: Name): boolean =>
    texts[name] !== undefined || Boolean(env[`${name}${SUFFIX}`])

/** Names of proxies are accepted in lower case, too. */
const isGiven = (name: string, env: Environment): boolean =>
  Boolean(env[name] || (name.endsWith('_PROXY') && env[name.toLowerCase()]))
