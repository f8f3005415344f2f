// The work of `npm run keys`: issues, revokes and lists gateway keys. The key itself is shown once and stored nowhere.
import { createHash } from 'node:crypto'
import * as z from 'zod'
import { CHOSEN_SECRET } from '../config/secret-rules.ts'

export interface KeysCommand {
  /** 32 bytes that cannot be guessed. */
  randomBytes(): Buffer
  readFile(path: string): string
  /** Writes the whole file, or leaves it as it was. */
  writeFile(path: string, text: string): void
  /** The standard input: a key to be hashed. */
  readInput(): string
}

/** Thrown for mistakes that the user can correct; its message is for people and shows no secret. */
export class UsageError extends Error {}

const USAGE = `npm run keys -- issue <name> [--read-only] [--tenants-file <path> --tenant <name>]
npm run keys -- revoke <name> --tenants-file <path> --tenant <name>
npm run keys -- list --tenants-file <path>
npm run keys -- hash             reads a key from the input, and shows its SHA-256`

/** Distinguishes gateway keys from other secrets, so that a scanner can find them. */
const PREFIX = 'agk_'
const NAME = /^[A-Za-z0-9._-]{1,64}$/

/** An open schema: members that are not listed here stay as they are. */
const fileSchema = z.looseObject({
  tenants: z.array(
    z.looseObject({
      name: z.string(),
      keys: z
        .array(z.looseObject({ name: z.string(), sha256: z.string(), role: z.string().optional() }))
        .default([]),
    }),
  ),
})
type TenantsFile = z.infer<typeof fileSchema>

/** Returns the text to show. */
export function runKeysCommand(words: readonly string[], command: KeysCommand): string {
  const { positional, options, isReadOnly } = readWords(words)
  const [verb = '', name = ''] = positional
  const isNamed = verb === 'issue' || verb === 'revoke'
  if (positional.length !== (isNamed ? 2 : 1)) throw new UsageError(USAGE)
  if (isNamed && !NAME.test(name)) throw new UsageError('A name is 1 to 64 letters, digits, ".", "_" or "-".')
  const path = options.get('--tenants-file')
  const tenant = options.get('--tenant')
  switch (verb) {
    case 'issue':
      return issue({ name, isReadOnly, path, tenant }, command)
    case 'revoke': {
      if (path === undefined)
        throw new UsageError('revoke needs --tenants-file: without it, take the entry out of GATEWAY_KEYS.')
      const file = read(path, command)
      const entry = find(file, tenant)
      if (!entry.keys.some((key) => key.name === name))
        throw new UsageError(`${entry.name} has no key ${name}.`)
      entry.keys = entry.keys.filter((key) => key.name !== name)
      write(path, file, command)
      return `${entry.name}/${name} is revoked. Send SIGHUP to the gateway.`
    }
    case 'list': {
      if (path === undefined) throw new UsageError('list needs --tenants-file.')
      return read(path, command)
        .tenants.flatMap(({ name: of, keys }) =>
          keys.map((key) => `${of}/${key.name}${key.role === undefined ? '' : ` (${key.role})`}`),
        )
        .join('\n')
    }
    case 'hash':
      return hashGiven(command.readInput().trim())
    default:
      throw new UsageError(USAGE)
  }
}

function hashGiven(key: string): string {
  if (!CHOSEN_SECRET.isRight(key))
    throw new UsageError(`The key ${CHOSEN_SECRET.rule}: npm run keys -- issue <name> makes one.`)
  return hash(key)
}

interface Issue {
  readonly name: string
  readonly isReadOnly: boolean
  readonly path: string | undefined
  readonly tenant: string | undefined
}

function issue({ name, isReadOnly, path, tenant }: Issue, command: KeysCommand): string {
  const key = PREFIX + command.randomBytes().toString('base64url')
  const sha256 = hash(key)
  const shown = `The key, shown this once:\n${key}\n`
  if (path === undefined)
    return `${shown}\nFor GATEWAY_KEYS:\n${name}:${sha256}${isReadOnly ? ':read-only' : ''}`
  const file = read(path, command)
  const entry = find(file, tenant)
  if (entry.keys.some((other) => other.name === name))
    throw new UsageError(`${entry.name} has a key ${name} already.`)
  entry.keys.push({ name, sha256, ...(isReadOnly && { role: 'read-only' }) })
  write(path, file, command)
  return `${shown}\n${entry.name}/${name} is in ${path}. Send SIGHUP to the gateway.`
}

const hash = (key: string): string => createHash('sha256').update(key).digest('hex')

function readWords(words: readonly string[]) {
  const positional: string[] = []
  const options = new Map<string, string>()
  let isReadOnly = false
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? ''
    const value = words[index + 1]
    if (word === '--read-only') isReadOnly = true
    else if (!word.startsWith('--')) positional.push(word)
    else if (['--tenants-file', '--tenant'].includes(word) && value !== undefined) {
      options.set(word, value)
      index += 1
    } else throw new UsageError(USAGE)
  }
  return { positional, options, isReadOnly }
}

function read(path: string, command: KeysCommand): TenantsFile {
  try {
    return fileSchema.parse(JSON.parse(command.readFile(path)))
  } catch {
    throw new UsageError(`${path} cannot be read as a file of tenants: docs/callers.md shows one.`)
  }
}

const write = (path: string, file: TenantsFile, command: KeysCommand): void =>
  command.writeFile(path, `${JSON.stringify(file, null, 2)}\n`)

function find(file: TenantsFile, name: string | undefined): TenantsFile['tenants'][number] {
  const found = file.tenants.find((tenant) => tenant.name === name)
  if (found) return found
  throw new UsageError(`--tenant must be one of ${file.tenants.map((tenant) => tenant.name).join(', ')}.`)
}
