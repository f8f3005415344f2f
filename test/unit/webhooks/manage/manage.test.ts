// What the outcome of managed subscriptions shows of a failure.
import { expect, it } from 'vitest'
import { createScrubber } from '../../../../src/telemetry/scrubber.ts'
import { manageSubscriptions } from '../../../../src/webhooks/manage/manage.ts'

const SECRET = 'canary-of-a-webhook-secret'
const refuse = () => Promise.reject(new Error(`header_auth_value ${SECRET} is not valid`))

it.each([
  ['a list', refuse],
  ['a creation', () => Promise.resolve([])],
])('the failure of %s contains no secret that Aurora repeats', async (_, list) => {
  const outcome = await manageSubscriptions({
    verb: 'apply',
    url: new URL('https://gw.example.com'),
    header: 'x-webhook-key',
    events: ['project_changed', 'order_created'],
    isSecretRenewed: false,
    tenants: [
      {
        name: 'sun',
        isNamedInPath: false,
        secret: SECRET,
        subscriptions: { list, create: refuse, update: refuse, remove: refuse },
      },
    ],
    scrub: createScrubber([SECRET]).scrub,
    onAction: () => {},
  })
  expect(JSON.stringify(outcome)).not.toContain(SECRET)
  expect(JSON.stringify(outcome)).toContain('header_auth_value [secret] is not valid')
})
