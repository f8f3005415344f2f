// The words of the command `npm run doctor`.

export interface DoctorWords {
  /** Makes no call to Aurora. */
  readonly isOffline: boolean
  readonly isJson: boolean
  /** The tenant of TENANTS_FILE whose credential is tried; null: the first. */
  readonly tenant: string | null
}

/** Thrown for mistakes that the user can correct; its message is for people. */
export class UsageError extends Error {}

const USAGE = `npm run doctor                    looks at settings, files, ports, Redis, the identity provider, Aurora and clocks

--offline         makes no call to Aurora; else it is exactly one, counted within the limit
--tenant <name>   of several tenants, the one whose credential is tried; else the first
--json            the result as JSON

Exits with 0 where nothing is wrong, with 1 where something is, and with 2 where these words are.`

export function readDoctorWords(words: readonly string[]): DoctorWords {
  let isOffline = false
  let isJson = false
  let tenant: string | null = null
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]
    if (word === '--offline') isOffline = true
    else if (word === '--json') isJson = true
    else if (word === '--tenant') tenant = words[(index += 1)] ?? ''
    else throw new UsageError(USAGE)
  }
  if (tenant === '' || tenant?.startsWith('--')) throw new UsageError(USAGE)
  return { isOffline, isJson, tenant }
}
