// Which subscriptions of a list are ours, what is wrong with them, and what would put them right.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Members } from '../../../../src/aurora/body.ts'
import { EVENT_NAMES } from '../../../../src/aurora/events.ts'
import type { EventName } from '../../../../src/aurora/events.ts'
import { createOwnAddress, findAddressFault } from '../../../../src/webhooks/manage/own-address.ts'
import { reviewSubscriptions, UNPUBLISHED, USUAL_EVENTS } from '../../../../src/webhooks/manage/review.ts'
import type { Wanted } from '../../../../src/webhooks/manage/review.ts'

const address = createOwnAddress(new URL('https://gw.example.com/api/'), null)
const SECRET = 'a-secret-of-32-characters-length'

const RIGHT: Members = {
  id: 'w1',
  event: 'project_changed',
  url_template: address.templateOf('project_changed'),
  enabled: true,
  header_auth_key: 'X-Webhook-Key',
  header_auth_value: SECRET,
}

function review(listed: readonly Members[], wanted: Partial<Wanted> = {}) {
  return reviewSubscriptions(listed, {
    address,
    events: ['project_changed'],
    header: 'X-Webhook-Key',
    secret: SECRET,
    isSecretRenewed: false,
    ...wanted,
  })
}

const other = (id: number, event = 'project_changed'): Members => ({
  ...RIGHT,
  id: `o${id}`,
  event,
  url_template: `https://others.example.com/${id}?token=not-ours`,
})

describe('the address', () => {
  it('is that of the event, with its ids as placeholders', () => {
    expect(address.templateOf('agreement_status_changed')).toBe(
      'https://gw.example.com/api/webhooks/aurora/agreement_status_changed' +
        '?project_id=<PROJECT_ID>&design_id=<DESIGN_ID>&agreement_id=<AGREEMENT_ID>&financing_id=<FINANCING_ID>',
    )
    expect(address.templateOf('order_created', false)).toBe(
      'https://gw.example.com/api/webhooks/aurora/order_created',
    )
  })

  it('has the name of the tenant, where there are several', () => {
    const named = createOwnAddress(new URL('https://gw.example.com'), 'sun.east')
    expect(named.templateOf('project_deleted')).toBe(
      'https://gw.example.com/webhooks/aurora/sun.east/project_deleted?project_id=<PROJECT_ID>',
    )
  })

  it.each([
    ['https://gw.example.com/api/webhooks/aurora/project_changed?x=<PROJECT_ID>', true],
    ['https://GW.example.com:443/api/webhooks/aurora/sun/project_changed', true],
    ['https://user:password@gw.example.com/api/webhooks/aurora/project_changed', true],
    ['https://gw.example.com/webhooks/aurora/project_changed', false],
    ['https://gw.example.com/api/webhooks/aurora-copy/project_changed', false],
    ['https://gw.example.com/api/webhooks/aurora/../../other', false],
    ['https://gw.example.com.evil.example/api/webhooks/aurora/project_changed', false],
    ['https://gw.example.com:8443/api/webhooks/aurora/project_changed', false],
    ['http://gw.example.com/api/webhooks/aurora/project_changed', false],
    ['https://others.example.com/?to=https://gw.example.com/api/webhooks/aurora/', false],
    ['not an address', false],
  ])('%s is ours: %s', (template, isOwn) => expect(address.isOwn(template)).toBe(isOwn))

  it.each([
    ['https://gw.example.com/webhooks/aurora/sun/project_changed?x=<PROJECT_ID>', 'own'],
    ['https://gw.example.com/webhooks/aurora/s%75n/project_changed/', 'own'],
    // As it was made before there were several tenants.
    ['https://gw.example.com/webhooks/aurora/project_changed?x=a/b', 'own'],
    ['https://gw.example.com/webhooks/aurora/ops/project_changed', 'of another name'],
    ['https://gw.example.com/webhooks/aurora/sunny/project_changed', 'of another name'],
    ['https://gw.example.com/webhooks/aurora/%zz/project_changed', 'of another name'],
    ['https://others.example.com/webhooks/aurora/sun/project_changed', 'of others'],
  ])('%s is, where the tenant is named: %s', (template, whose) => {
    const named = createOwnAddress(new URL('https://gw.example.com'), 'sun')
    const isOfOtherName = named.isOfOtherName(template)
    expect(named.isOwn(template) ? 'own' : isOfOtherName ? 'of another name' : 'of others').toBe(whose)
    expect(named.isOwn(template) && isOfOtherName).toBe(false)
  })

  it.each([
    ['https://gw.example.com', null],
    ['https://gw.example.com/under/a/path/', null],
    ['http://localhost:4000', null],
    ['http://127.0.0.1:4000', null],
    ['http://[::1]:4000', null],
    ['http://gw.example.com', expect.stringContaining('https://')],
    ['http://127.0.0.1.example.com', expect.stringContaining('https://')],
    ['ftp://gw.example.com', expect.stringContaining('https://')],
    ['https://user:secret@gw.example.com', expect.stringContaining('password')],
    ['https://gw.example.com/?a=b', expect.stringContaining('query')],
    ['gw.example.com', 'is no address'],
  ])('of the gateway may be %s: %s', (url, fault) => expect(findAddressFault(url)).toEqual(fault))
})

describe('a subscription', () => {
  it('that is right needs nothing', () => {
    expect(review([RIGHT])).toEqual({
      findings: [{ event: 'project_changed', state: 'ok', why: '', action: null }],
      ownIds: [{ id: 'w1', event: 'project_changed' }],
      others: 0,
    })
  })

  it('that is missing is created, up to the fifth of the event', () => {
    const four = [1, 2, 3, 4].map((id) => other(id))
    expect(review(four).findings).toMatchObject([
      { state: 'missing', action: { is: 'create', event: 'project_changed' } },
    ])
    expect(review([...four, other(5)])).toMatchObject({
      findings: [{ state: 'full', action: null }],
      ownIds: [],
      others: 5,
    })
    expect(review([...four, other(5, 'project_created')]).findings).toMatchObject([{ state: 'missing' }])
  })

  const UPDATE = { is: 'update', id: 'w1', event: 'project_changed' }

  it.each<[string, Members, object]>([
    ['is switched off', { enabled: false }, { state: 'disabled', action: UPDATE }],
    [
      'has another address',
      { url_template: `${address.templateOf('project_changed')}&x=y` },
      { state: 'differs', action: UPDATE },
    ],
    [
      'has no ids',
      { url_template: address.templateOf('project_changed', false) },
      { state: 'differs', action: UPDATE },
    ],
    ['has another header', { header_auth_key: 'X-Old' }, { state: 'differs', action: UPDATE }],
    ['has another secret', { header_auth_value: 'the-old-one' }, { state: 'differs', action: UPDATE }],
    ['has the header in other letters', { header_auth_key: 'x-webhook-key' }, { state: 'ok', action: null }],
    ['has its secret masked', { header_auth_value: '********' }, { state: 'ok', action: null }],
    ['has its secret shortened', { header_auth_value: 'a-se...' }, { state: 'ok', action: null }],
    [
      'has its secret hidden',
      { header_auth_value: null, header_auth_key: null },
      { state: 'ok', action: null },
    ],
    [
      'has its members left out',
      { header_auth_value: undefined, enabled: undefined },
      { state: 'ok', action: null },
    ],
    ['has no filters', { filters: {} }, { state: 'ok', action: null }],
    ['has filters', { filters: { STATUS: ['sold'] } }, { state: 'filtered', action: null }],
    [
      'has its placeholders encoded',
      {
        url_template:
          'https://gw.example.com/api/webhooks/aurora/project_changed?project_id=%3CPROJECT_ID%3E',
      },
      { state: 'ok', action: null },
    ],
    ['has no id', { id: null, enabled: false }, { state: 'disabled', action: null }],
  ])('that %s', (_, members, expected) => {
    expect(review([{ ...RIGHT, ...members }]).findings).toMatchObject([expected])
  })

  it('whose secret is to be renewed is updated', () => {
    expect(review([RIGHT], { isSecretRenewed: true }).findings).toMatchObject([
      { state: 'ok', action: UPDATE },
    ])
  })

  it('that is there twice is kept once: the one that needs least', () => {
    const disabled = { ...RIGHT, id: 'w0', enabled: false }
    expect(review([disabled, RIGHT]).findings).toMatchObject([
      { state: 'ok', action: null },
      { state: 'double', action: { is: 'delete', id: 'w0' } },
    ])
  })

  it('of ours for another event is left', () => {
    const extra = { ...RIGHT, id: 'w9', event: 'lead_created' }
    expect(review([RIGHT, extra])).toMatchObject({
      findings: [{ state: 'ok' }, { event: 'lead_created', state: 'extra', action: null }],
      ownIds: [{ id: 'w1' }, { id: 'w9' }],
    })
  })

  it('without ids is right where Aurora has published no attributes', () => {
    const bare = {
      ...RIGHT,
      event: 'order_created',
      url_template: address.templateOf('order_created', false),
    }
    expect(review([bare], { events: ['order_created'] }).findings).toMatchObject([{ state: 'ok' }])
  })

  it('of others shows nothing of itself', () => {
    const all = review([other(1), other(2), RIGHT])
    expect(JSON.stringify(all)).not.toMatch(/others\.example|not-ours/)
    expect(JSON.stringify(all)).not.toContain(SECRET)
  })
})

describe('the events', () => {
  it('are those that make a cached answer untrue, without leads', () => {
    const left = EVENT_NAMES.filter((name) => !USUAL_EVENTS.includes(name))
    expect(left.sort()).toEqual([
      'app_status_changed',
      'imagery_lidar_completed',
      'lead_changed',
      'lead_converted',
      'lead_created',
    ])
  })

  it('without published attributes are those of the contract', () => {
    const contract = parse(
      readFileSync(new URL('../../../../schema/aurora.openapi.yaml', import.meta.url), 'utf8'),
    )['x-aurora-webhook-events'] as Record<EventName, { attributes: string[] }>
    const bare = EVENT_NAMES.filter((name) => contract[name].attributes.length === 0)
    expect([...UNPUBLISHED].sort()).toEqual(bare.sort())
  })

  it('have no ids in their addresses but published ones, where there are published ones', () => {
    const contract = parse(
      readFileSync(new URL('../../../../schema/aurora.openapi.yaml', import.meta.url), 'utf8'),
    )['x-aurora-webhook-events'] as Record<EventName, { attributes: string[] }>
    for (const name of USUAL_EVENTS.filter((each) => !UNPUBLISHED.has(each))) {
      const placeholders = [...address.templateOf(name).matchAll(/<(\w+)>/g)].map(([, id]) => id)
      expect(contract[name].attributes).toEqual(expect.arrayContaining(placeholders))
    }
  })
})
