// Mutations of webhooks.
import type { Members } from '../../aurora/body.ts'
import { builder } from '../builder.ts'
import { assertInput, assertSomething, assertUrl, idOf, toMembers } from '../input.ts'
import type { InputFields } from '../input.ts'
import { addMutation } from '../mutation.ts'
import { createDeletedPayload, createObjectPayload } from '../payload.ts'
import { WebhookEvent } from './webhook.ts'

const WebhookPayload = createObjectPayload('webhook', 'The webhook as it is now')

const URL_TEMPLATE =
  'The address that is called, beginning with https:// or http://, with places such as `<DESIGN_ID>` that Aurora ' +
  'fills. Calls do not name the event: put it into a fixed part of the address.'

const webhookFields = (t: InputFields) => ({
  event: t.field({
    type: WebhookEvent.ref,
    description: 'The event, if this gateway has its name; or `eventRaw`, not both.',
  }),
  eventRaw: t.string({
    description:
      "An event that this gateway does not know, in Aurora's own word, which is passed on as it is; or `event`, not both.",
  }),
  description: t.string({ description: 'What it is for, in free words.' }),
  enabled: t.boolean({
    description: 'Whether it is called; Aurora turns it on unless it is set otherwise.',
  }),
  headerAuthKey: t.string({
    description:
      'Name of a request header that proves that Aurora calls: letters, digits and hyphens as a rule, no spaces. Goes ' +
      'with `headerAuthValue`, also where only one of them changes.',
  }),
  headerAuthValue: t.string({
    description: 'What that header holds, on one line: a secret, which is never shown again.',
  }),
  filters: t.field({
    type: 'JSON',
    description:
      'Narrows the event, such as to some values of STATUS; passed on as it is, as its shape is not publicly documented.',
  }),
})

const CreateWebhookInput = builder.inputType('CreateWebhookInput', {
  description:
    'The event and the address of a new webhook: `event` or `eventRaw`. A null counts as left out.',
  fields: (t) => ({
    urlTemplate: t.string({ required: true, description: URL_TEMPLATE }),
    ...webhookFields(t),
  }),
})

const UpdateWebhookInput = builder.inputType('UpdateWebhookInput', {
  description:
    'What is to change of a webhook; what is left out stays, as does its event where that is null. Which members Aurora ' +
    'lets be changed, or cleared with null, is not publicly documented: UNPROCESSABLE where not.',
  fields: (t) => ({
    urlTemplate: t.string({ description: URL_TEMPLATE }),
    ...webhookFields(t),
  }),
})

type Given = typeof UpdateWebhookInput.$inferInput

/** RFC 9110, section 5.6.2. Any other name in Aurora's request would be refused, or would begin another header. */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/
const PLACES = /<[A-Z][A-Z0-9_]*>/g

const isGiven = (value: unknown): boolean => value !== undefined && value !== null

function readEvent({ event, eventRaw }: Given): string | undefined {
  assertInput(!(isGiven(event) && isGiven(eventRaw)), 'Give `event` or `eventRaw`, not both.')
  assertInput(event !== 'UNRECOGNIZED', 'UNRECOGNIZED is no event: give its word as `eventRaw`.')
  assertInput(eventRaw?.trim() !== '', '`eventRaw` is empty.')
  return eventRaw ?? event?.toLowerCase()
}

/** The messages do not contain the value, because it is a secret. */
function assertHeader({ headerAuthKey, headerAuthValue }: Given): void {
  assertInput(!headerAuthKey === !headerAuthValue, '`headerAuthKey` and `headerAuthValue` belong together.')
  assertInput(HEADER_NAME.test(headerAuthKey || 'none'), '`headerAuthKey` must be the name of a header.')
  assertInput(!/[\0\r\n]/.test(headerAuthValue ?? ''), '`headerAuthValue` must be on one line.')
}

function readWebhook(given: Given, nulls: 'dropped' | 'kept'): Members {
  const word = readEvent(given)
  assertHeader(given)
  const { event: _event, eventRaw: _raw, ...input } = given
  if (typeof input.urlTemplate === 'string')
    assertUrl(input.urlTemplate.replace(PLACES, 'x'), 'urlTemplate', ['https:', 'http:'])
  return { ...(word && { event: word }), ...toMembers(input, { nulls }) }
}

addMutation('createWebhook', {
  payload: WebhookPayload,
  description:
    'Subscribes to an event; a tenant has at most 5 subscriptions per event. Costs 1 call. It is never sent twice: ' +
    'where the outcome is UNKNOWN, look among `webhooks` for its address.',
  args: (t) => ({
    input: t.field({ type: CreateWebhookInput, required: true, description: 'The event and the address.' }),
  }),
  read({ input }) {
    const members = readWebhook(input, 'dropped')
    assertInput(members['event'] !== undefined, 'A webhook needs an `event` or an `eventRaw`.')
    return { members }
  },
})

addMutation('updateWebhook', {
  payload: WebhookPayload,
  description:
    'Changes the members given of a webhook; also turns one on again that Aurora has turned off. Costs 1 call.',
  args: (t) => ({
    id: t.id({ required: true, description: 'The webhook, by either id.' }),
    input: t.field({ type: UpdateWebhookInput, required: true, description: 'What is to change.' }),
  }),
  read({ id, input }) {
    const path = { webhook_id: idOf('Webhook', id) }
    const members = readWebhook(input, 'kept')
    assertSomething(members)
    return { path, members }
  },
})

addMutation('deleteWebhook', {
  payload: createDeletedPayload('Webhook'),
  description:
    'Ends a subscription; whether calls that failed before are still repeated is not publicly documented. Costs 1 ' +
    'call. To pause one, set `enabled` to false.',
  args: (t) => ({ id: t.id({ required: true, description: 'The webhook, by either id.' }) }),
  read: ({ id }) => ({ path: { webhook_id: idOf('Webhook', id) } }),
})
