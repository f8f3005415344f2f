// The events of the catalogue: those of the contract, with what they touch.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { EVENT_NAMES, eventRow, eventsOf, OLDER_NAMES, readEventName } from '../../../src/aurora/events.ts'
import { KINDS } from '../../../src/aurora/kinds.ts'
import type { Kind } from '../../../src/aurora/kinds.ts'

const contract = parse(
  readFileSync(new URL('../../../schema/aurora.openapi.yaml', import.meta.url), 'utf8'),
) as {
  readonly 'x-aurora-webhook-events': Readonly<Record<string, { readonly attributes: readonly string[] }>>
  readonly 'x-aurora-webhook-events-legacy-names': { readonly names: Readonly<Record<string, unknown>> }
}
const known = contract['x-aurora-webhook-events']

/** Events that touch nothing, with the reason. */
const TOUCHING_NOTHING: Readonly<Record<string, string>> = {
  imagery_lidar_completed: 'no read shows pictures and heights of a site',
  app_status_changed: 'it concerns apps of partners, which the gateway does not read',
  lead_created: 'leads are of older versions, and no operation reads them',
  lead_changed: 'leads are of older versions, and no operation reads them',
}

/** Kinds of which no event reports a change, with the reason. */
const WITHOUT_EVENT: Readonly<Partial<Record<Kind, string>>> = {
  tenant: 'settings of the account',
  ssoProvider: 'settings of the account',
  apiVersions: 'settings of the account',
  role: 'people are managed in the account',
  user: 'people are managed in the account',
  team: 'people are managed in the account',
  partner: 'people are managed in the account',
  webhook: 'subscriptions are no subject of subscriptions',
  ahj: 'the event about it changes the project, which names it',
  proposalTemplate: 'catalogues have no events',
  module: 'catalogues have no events',
  inverter: 'catalogues have no events',
  dcOptimizer: 'catalogues have no events',
  projectCreationJob: 'it has no event; project_created reports what comes of it',
  adder: 'never read',
  rackingComponents: 'never read',
  sharedMilestone: 'never read',
}

/** Apps and leads are not read. */
const idsInContract = (name: string): readonly string[] =>
  (known[name]?.attributes ?? []).filter(
    (attribute) => attribute.endsWith('_ID') && !['APP_ID', 'LEAD_ID'].includes(attribute),
  )

describe('the events', () => {
  it('are those of the contract, with the older names', () => {
    expect(EVENT_NAMES.toSorted()).toEqual(Object.keys(known).toSorted())
    expect(EVENT_NAMES).toHaveLength(35)
    expect(Object.keys(OLDER_NAMES).toSorted()).toEqual(
      Object.keys(contract['x-aurora-webhook-events-legacy-names'].names).toSorted(),
    )
  })

  it.each(EVENT_NAMES.filter((name) => idsInContract(name).length > 0))(
    '%s has the ids that the contract names',
    (name) => {
      expect([...eventRow(name).ids].toSorted()).toEqual(idsInContract(name).toSorted())
    },
  )

  it('touch something, except those that report no change of anything that is read', () => {
    const idle = EVENT_NAMES.filter((name) => Object.keys(eventRow(name).touches).length === 0)
    expect(idle.toSorted()).toEqual(Object.keys(TOUCHING_NOTHING).toSorted())
  })

  it('report changes of all kinds, except those of which Aurora has no events', () => {
    const silent = (Object.keys(KINDS) as Kind[]).filter((kind) => eventsOf(kind).length === 0)
    expect(silent.toSorted()).toEqual(Object.keys(WITHOUT_EVENT).toSorted())
  })

  it.each([
    ['project_changed', 'project_changed'],
    ['PROJECT-CHANGED', 'project_changed'],
    ['irradiance_analysis_job_completion', 'panel_irradiance_analysis_job_completed'],
    ['plan_set_status_changed', 'plan_set_request_status_changed'],
    ['project_exploded', null],
    ['constructor', null],
    ['', null],
  ])('%s is read as %s', (given, name) => {
    expect(readEventName(given)).toBe(name)
  })
})
