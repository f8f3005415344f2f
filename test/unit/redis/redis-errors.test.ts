// What Redis says, and what it is called in the log.
import { readFileSync } from 'node:fs'
import { ReplyError } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { adviceOn, isOfServer, isRefusal, nameOf, REFUSALS } from '../../../src/redis/redis-errors.ts'

const refusal = (message: string): Error => new (ReplyError as new (message: string) => Error)(message)

it.each(['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'DEPTH_ZERO_SELF_SIGNED_CERT'])(
  '%s has the setting for the authority as its advice',
  (code) => {
    expect(adviceOn(code)).toContain('REDIS_CA')
  },
)

describe('a refusal of Redis', () => {
  it.each([
    ["READONLY You can't write against a read only replica.", 'READONLY', 'server'],
    [
      "READONLY You can't write against a read only replica. script: 5f3c, on @user_script:3.",
      'READONLY',
      'server',
    ],
    [
      "ERR Error running script (call to f_5f3c): @user_script:3: -READONLY You can't write against a read only replica.",
      'READONLY',
      'server',
    ],
    [
      "ERR Error running script (call to f_5f3c): @user_script:3: @user_script: 3: -OOM command not allowed when used memory > 'maxmemory'.",
      'OOM',
      'command',
    ],
    [
      "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
      'MASTERDOWN',
      'server',
    ],
    ['NOREPLICAS Not enough good replicas to write.', 'NOREPLICAS', 'server'],
    [
      'UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)',
      'UNBLOCKED',
      'server',
    ],
    ['NOAUTH Authentication required.', 'NOAUTH', 'all'],
    ['WRONGPASS invalid username-password pair or user is disabled.', 'WRONGPASS', 'all'],
    ['LOADING Redis is loading the dataset in memory', 'LOADING', 'all'],
    ['MISCONF Redis is configured to save RDB snapshots, but it is', 'MISCONF', 'all'],
    ['MOVED 3999 127.0.0.1:6381', 'MOVED', 'slot'],
    ["CROSSSLOT Keys in request don't hash to the same slot", 'CROSSSLOT', 'all'],
    ['CLUSTERDOWN Hash slot not served', 'CLUSTERDOWN', 'slot'],
    ["NOPERM this user has no permissions to run the 'xadd' command", 'NOPERM', 'command'],
    [
      "ERR The user executing the script can't run this command or subcommand script: 5f, on @user_script:1.",
      'NOPERM',
      'command',
    ],
    [
      "ERR The user executing the script can't access at least one of the keys mentioned in the command",
      'NOPERM',
      'command',
    ],
    ["OOM command not allowed when used memory > 'maxmemory'.", 'OOM', 'command'],
    ["ERR unknown command 'XADD'", 'ERR', 'command'],
  ])('%s is called %s and concerns: %s', (message, name, concerns) => {
    const error = refusal(message)
    expect(nameOf(error)).toBe(name)
    expect(isRefusal(error)).toBe(concerns === 'command')
    expect(isOfServer(name)).toBe(concerns === 'server')
    if (name !== 'ERR') expect(adviceOn(name)).toMatch(/\w/)
  })

  it('has no advice where the socket failed', () => {
    const error = Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:6379'), { code: 'ECONNREFUSED' })
    expect(nameOf(error)).toBe('ECONNREFUSED')
    expect(isRefusal(error)).toBe(false)
    expect(adviceOn('ECONNREFUSED')).toBeNull()
  })

  it('is explained in the documents, each by its name', () => {
    const page = readFileSync(new URL('../../../docs/replicas.md', import.meta.url), 'utf8')
    for (const name of Object.keys(REFUSALS)) expect(page).toContain(`\`${name}\``)
  })
})
