// The address of a webhook: its template with the attributes of the event.

import { describe, expect, it } from 'vitest'
import { fillTemplate, isLoopback } from '../../../../src/simulator/webhooks/address.ts'
import type { SentEvent } from '../../../../src/simulator/webhooks/events.ts'

const AGREEMENT: SentEvent = {
  event: 'agreement_status_changed',
  attributes: { PROJECT_ID: 'a b&c=d/<ü>', AGREEMENT_ID: 'a1', FINANCING_ID: null, STATUS: 'cancel-pending' },
}
const DELETED: SentEvent = { event: 'project_deleted', attributes: { PROJECT_ID: 'p1' } }

const fill = (query: string, event: SentEvent, unpublished: 'given' | 'empty' | 'kept' = 'given') =>
  fillTemplate(`http://127.0.0.1/x?${query}`, event, unpublished)?.href.slice('http://127.0.0.1/x?'.length)

describe('the address', () => {
  it('has each attribute percent-encoded, as often as it is named, and keeps what is static', () => {
    expect(fill('event=signed&p=<PROJECT_ID>&q=<PROJECT_ID>&s=<STATUS>', AGREEMENT)).toBe(
      'event=signed&p=a%20b%26c%3Dd%2F%3C%C3%BC%3E&q=a%20b%26c%3Dd%2F%3C%C3%BC%3E&s=cancel-pending',
    )
    expect(new URLSearchParams(fill('p=<PROJECT_ID>', AGREEMENT)).get('p')).toBe('a b&c=d/<ü>')
  })

  it('has nothing where an attribute has no value, or is not one of the event', () => {
    expect(fill('f=<FINANCING_ID>&d=<DESIGN_ID>&j=<JOB_ID>', AGREEMENT)).toBe('f=&d=&j=')
  })

  it.each([
    ['given', 'p=p1'],
    ['empty', 'p='],
    ['kept', 'p=%3CPROJECT_ID%3E'],
  ] as const)('can leave out what no page of Aurora has: %s', (unpublished, expected) => {
    expect(fill('p=<PROJECT_ID>', DELETED, unpublished)).toBe(expected)
  })

  it('can keep the placeholder of an attribute that the event does not have', () => {
    expect(fill('j=<JOB_ID>&a=<AGREEMENT_ID>', AGREEMENT, 'kept')).toBe('j=%3CJOB_ID%3E&a=a1')
  })

  it('does not exist where the filled template is none', () => {
    expect(fillTemplate('http://<PROJECT_ID>/', { ...DELETED, attributes: {} }, 'given')).toBeUndefined()
  })
})

describe('this machine', () => {
  it.each([
    'http://localhost:1/',
    'http://127.0.0.1/',
    'http://127.1/',
    'http://[::1]:8/',
    'https://127.8.9.1/',
  ])('is %s', (url) => expect(isLoopback(new URL(url))).toBe(true))

  it.each([
    'http://127.0.0.1.example.com/',
    'http://localhost.example.com/',
    'http://10.0.0.1/',
    'http://128.0.0.1/',
  ])('is not %s', (url) => expect(isLoopback(new URL(url))).toBe(false))
})
