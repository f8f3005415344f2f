import { describe, expect, it } from 'vitest'
import { isGatewayError } from '../../../src/errors/errors.ts'
import { createWrite } from '../../../src/loaders/writes.ts'
import type { WriteInput } from '../../../src/loaders/writes.ts'
import type { WriteOperation } from '../../../src/aurora/writes.ts'
import { toRefusalError } from '../../../src/rest/refusal-error.ts'
import { buildRefusal, buildTerms } from '../../support/builders.ts'

/** Aurora's messages, as they leave the gateway. */
async function refuse(operation: WriteOperation, input: WriteInput, messages: readonly string[]) {
  const write = createWrite(buildTerms(), ({ endpoint }) =>
    Promise.reject(toRefusalError(endpoint, buildRefusal(422), { messages })),
  )
  const error: unknown = await write(operation, input).catch((reason: unknown) => reason)
  return isGatewayError(error) ? error.details.messages : error
}

describe('the message of a refused write', () => {
  it('is shown without the secret that was sent, however often it is quoted', async () => {
    const members = { header_auth_key: 'X-Token', header_auth_value: 'tell(nobody)' }
    expect(
      await refuse('createWebhook', { members }, [
        'header_auth_value tell(nobody) is bad: "tell(nobody)"',
        'X-Token is bad',
      ]),
    ).toEqual(['header_auth_value … is bad: "…"', 'X-Token is bad'])
    expect(
      await refuse('createSsoProvider', { members: { openid_secret: 's3cret' } }, ['not s3cret']),
    ).toEqual(['not …'])
  })

  it.each([1, 4, 11])(
    'is shown without the first %i letters of the secret where it was shortened',
    async (length) => {
      const members = { header_auth_value: 'tell(nobody)' }
      const message = `bad: ${'tell(nobody)'.slice(0, length)}…`
      expect(await refuse('createWebhook', { members }, [message])).toEqual(['bad: …'])
    },
  )

  it('is shown unchanged where no secret was sent, or none that is a text', async () => {
    const messages = ['name is too long']
    expect(await refuse('deleteWebhook', { path: { webhook_id: 'w' } }, messages)).toEqual(messages)
    for (const header_auth_value of ['', null])
      expect(await refuse('createWebhook', { members: { header_auth_value } }, messages)).toEqual(messages)
  })
})
