// The words of `npm run webhooks`: what they mean, and which are refused.
import { describe, expect, it } from 'vitest'
import { readWords, UsageError } from '../../../../src/webhooks/manage/read-words.ts'

const read = (line: string) => readWords(line.split(' ').filter(Boolean))

describe('the words', () => {
  it('are a verb and an address', () => {
    expect(read('plan --url https://gw.example.com')).toEqual({
      verb: 'plan',
      url: new URL('https://gw.example.com'),
      events: null,
      tenant: null,
      isSecretRenewed: false,
      isJson: false,
      callsPerMinute: null,
    })
  })

  it('come in any order, and with = or without', () => {
    const events = ['project_changed', 'design_created']
    expect(
      read(
        '--json --events=project_changed,design_created,project_changed apply --tenant sun --renew-secret --url=https://gw.example.com/x?',
      ),
    ).toMatchObject({ verb: 'apply', events, tenant: 'sun', isSecretRenewed: true, isJson: true })
    expect(read('status --url http://localhost:4000 --calls-per-minute 80').callsPerMinute).toBe(80)
  })

  it.each([
    '',
    'plan',
    'plan --url',
    '--url https://gw.example.com',
    'destroy --url https://gw.example.com',
    'plan apply --url https://gw.example.com',
    'plan --url http://gw.example.com',
    'plan --url https://gw.example.com --force',
    'plan --url https://gw.example.com --events',
    'plan --url https://gw.example.com --events weather_changed',
    'plan --url https://gw.example.com --events ,',
    'plan --url https://gw.example.com --calls-per-minute 0',
    'plan --url https://gw.example.com --calls-per-minute many',
  ])('are refused as %s', (line) => expect(() => read(line)).toThrow(UsageError))
})
