// Renames the members of versions before 2024.05 to those of 2024.05, so that no other file handles older names.
import { isMembers } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'
import type { Kind } from '../aurora/kinds.ts'
import { merge } from '../merge.ts'
import { inEach, inMember } from './items.ts'
import type { Reader } from './items.ts'
import { withMaker, withMakersOfSummary } from './makers.ts'
import { withPrices } from './older-prices.ts'

/**
 * Current members stay unchanged; an older name is used only if the current one is absent. If an older member is null,
 * the current one is null as well, so no call is made for it.
 */
export function readOlderNames(kind: Kind, members: Members): Members {
  let read = members
  for (const reader of READERS[kind] ?? []) read = reader(read)
  return read
}

/** `names` has the older name of each current one. */
function renaming(names: Readonly<Record<string, string>>): Reader {
  const entries = Object.entries(names)
  const olderNames = Object.values(names)
  const hasOlder = (members: Members): boolean => {
    for (const older of olderNames) if (members[older] !== undefined) return true
    return false
  }
  return (members) => {
    if (!hasOlder(members)) return members
    const renamed = entries.filter(
      ([current, older]) => members[older] !== undefined && !Object.hasOwn(members, current),
    )
    if (renamed.length === 0) return members
    return merge(Object.fromEntries(renamed.map(([current, older]) => [current, members[older]])), members)
  }
}

/** 2018.01 and 2022.09 have the members of the address on the project itself. */
function withLocation(project: Members): Members {
  const { address, latitude, longitude } = project
  const isFlat = address !== undefined || latitude !== undefined || longitude !== undefined
  return isFlat ? { location: { property_address: address, latitude, longitude }, ...project } : project
}

/**
 * 2024.05 has no `updated_at`. An item with the member `other` is no item of a thin list, so the own read of the object
 * would not bring `updated_at` either. Without this, a list of 20 would cost 20 useless calls.
 */
const withUpdatedAtIf =
  (other: string): Reader =>
  (members) => {
    const isKnown = !Object.hasOwn(members, other) || Object.hasOwn(members, 'updated_at')
    return isKnown ? members : merge(members, NOT_UPDATED)
  }

const NOT_UPDATED = { updated_at: null }

/** In 2022.09 each user has one partner, or none. */
function withPartnerIds(user: Members): Members {
  const { partner_id: partnerId } = user
  if (partnerId === undefined) return user
  return { partner_ids: partnerId === null || partnerId === '' ? [] : [partnerId], ...user }
}

/** The flag `modules` was `panels` before. That `modules_area` had an older name too is inferred. */
const withModules = renaming({ modules: 'panels', modules_area: 'panels_area' })

/** Aurora documents the classes of roofs, but not the name of the member. */
const ROOF_CLASS_NAMES = ['roof_type', 'classification', 'class', 'type'] as const

const withRoofClass: Reader = (roof) =>
  ROOF_CLASS_NAMES.reduce((read, name) => renaming({ roof_class: name })(read), roof)

const readRoof: Reader = (roof) => inEach('faces', withModules)(withRoofClass(withModules(roof)))

/** One page of Aurora's documentation names the members of an adjacent array, others only describe them. */
function readAdjacent(adjacent: Members): Members {
  const { offset } = adjacent
  const flat = isMembers(offset) ? merge(offset, adjacent) : adjacent
  return renaming({ idx: 'index', x: 'offset_x', y: 'offset_y' })(flat)
}

const readRackingModule: Reader = (module) =>
  withMaker('manufacturer')(renaming({ rating_stc: 'rating' })(module))

/** The maker is `manufacturer` in the CSV of partners and `manufacturer_name` in the bill of materials; components have either. */
const component: readonly Reader[] = [withMaker('manufacturer_name')]

const READERS: Readonly<Partial<Record<Kind, readonly Reader[]>>> = {
  project: [
    renaming({ mailing_address: 'customer_address', preferred_solar_modules: 'preferred_solar_panels' }),
    withLocation,
    withUpdatedAtIf('location'),
  ],
  agreement: [withUpdatedAtIf('status')],
  user: [withPartnerIds],
  pricing: [withPrices, inEach('pricing_by_component', withMaker('manufacturer_name'))],
  designSummary: [withMakersOfSummary],
  roofSummary: [inEach('roofs', readRoof)],
  rackingArray: [inMember('module', readRackingModule), inEach('adjacent_arrays', readAdjacent)],
  rackingComponents: [inEach('racking_components', withMaker('manufacturer_name'))],
  module: component,
  inverter: component,
  dcOptimizer: component,
}
