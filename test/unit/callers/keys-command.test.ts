// Keys are issued, listed and revoked: what is shown, what is kept, and what never is.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { runKeysCommand, UsageError } from '../../../src/callers/keys-command.ts'

const digest = 'a1'.repeat(32)

function open(file?: object) {
  const files = new Map(file ? [['t.json', JSON.stringify(file)]] : [])
  const run = (line: string, input = '') =>
    runKeysCommand(line.split(' ').filter(Boolean), {
      randomBytes: () => Buffer.alloc(32, 7),
      readFile(path) {
        const text = files.get(path)
        if (text === undefined) throw new Error('ENOENT')
        return text
      },
      writeFile: (path, text) => void files.set(path, text),
      readInput: () => input,
    })
  return { run, files, json: () => JSON.parse(files.get('t.json') ?? 'null') as unknown }
}

const tenants = () => ({
  comment: 'kept',
  tenants: [
    { name: 'sun', tenantId: 't', token: { env: 'SUN' }, keys: [{ name: 'old', sha256: digest }] },
    { name: 'moon', tenantId: 'u', token: { env: 'MOON' } },
  ],
})
const inFile = (tenant: string) => `--tenants-file t.json --tenant ${tenant}`

const sha256 = (key: string): string => createHash('sha256').update(key).digest('hex')

describe('issue', () => {
  it('shows a key once, and the entry by which the gateway knows it', () => {
    const shown = open().run('issue mobile')
    const key = /^agk_[\w-]{43}$/m.exec(shown)?.[0] ?? ''
    expect(key).not.toBe('')
    expect(shown).toContain(`\nmobile:${sha256(key)}`)
    expect(open().run('issue mobile --read-only')).toContain(`${sha256(key)}:read-only`)
  })

  it('writes its digest into the file, and nothing else changes', () => {
    const { run, files, json } = open(tenants())
    const key = /^agk_\S+$/m.exec(run(`issue web --read-only ${inFile('moon')}`))?.[0] ?? ''
    const [sun, moon] = tenants().tenants
    const issued = { name: 'web', sha256: sha256(key), role: 'read-only' }
    expect(json()).toEqual({ comment: 'kept', tenants: [sun, { ...moon, keys: [issued] }] })
    expect(files.get('t.json')).not.toContain(key)
  })
})

it('revoke takes the entry out', () => {
  const { run, json } = open(tenants())
  expect(run(`revoke old ${inFile('sun')}`)).toContain('SIGHUP')
  expect(json()).toMatchObject({ tenants: [{ name: 'sun', keys: [] }, {}] })
})

it('list shows names and roles, and no digest', () => {
  const { run } = open(tenants())
  run(`issue web --read-only ${inFile('moon')}`)
  expect(run('list --tenants-file t.json')).toBe('sun/old\nmoon/web (read-only)')
})

it.each(['', 'my-key', 'fifteen-letters', 'x'.repeat(64), 'abcde'.repeat(10)])(
  'hash refuses the key %j, which can be guessed',
  (key) => {
    expect(() => open().run('hash', `${key}\n`)).toThrow(
      'The key must have 16 characters at the least, 6 of them different',
    )
  },
)

it('hash reads a key that is not to stand in the history of a shell', () => {
  expect(open().run('hash', 'a-key-of-16-char\n')).toBe(sha256('a-key-of-16-char'))
})

it.each([
  '',
  'issue',
  'issue a b',
  'issue a/b',
  'issue old --tenants-file t.json --tenant sun',
  'issue a --tenants-file t.json',
  'issue a --tenants-file t.json --tenant mars',
  'issue a --tenants-file gone.json --tenant sun',
  'issue a --tenants-file',
  'revoke old',
  'revoke gone --tenants-file t.json --tenant sun',
  'list',
  'list --colour red',
  'destroy',
])('"%s" is told what is wrong with it, and changes nothing', (line) => {
  const { run, json } = open(tenants())
  expect(() => run(line)).toThrow(UsageError)
  expect(json()).toEqual(tenants())
})
