// The projects of the simulator and their consumption profiles.

import type { Company } from './company-data.ts'
import { MODULES } from './catalogue.ts'
import { BUSINESSES, FIRST_NAMES, LAST_NAMES, toPhone } from './people.ts'
import { PLACES, STREETS } from './places.ts'
import type { Place } from './places.ts'
import { createRandom, itemAt, roundTo, sum } from './random.ts'
import type { Random } from './random.ts'
import { toAuroraTime } from './timestamps.ts'

export type Project = ReturnType<typeof createProject>['project']
export type ConsumptionProfile = NonNullable<ReturnType<typeof createProfile>>

/** A project with facts of the simulator beyond the contract. */
export interface ProjectRecord {
  readonly project: Project
  readonly index: number
  readonly createdAtMs: number
  readonly place: Place
  /** The state of the deal. The milestone of the newest design must agree with it. */
  readonly stage: string | null
}

/** Statuses are the tenant's own words; the stage beside each is Aurora's. */
const STATUSES = [
  { status: 'New lead', stage: null },
  { status: 'Remote Assessment Done', stage: null },
  { status: 'Proposal Sent', stage: 'offered' },
  { status: 'Contract Signed', stage: 'sold' },
  { status: 'Permitting', stage: 'sold' },
  { status: 'Installed', stage: 'installed' },
  { status: 'Canceled', stage: 'canceled' },
] as const

/** The deals of which the customer has bought the system. */
export const BOUGHT: ReadonlySet<string> = new Set(['sold', 'installed', 'permission_to_operate'])

/** Of the systems that were built, some may run. Both cases use the same random numbers, so that the rest of the data is the same. */
const withPermission = (state: (typeof STATUSES)[number], index: number) =>
  state.stage === 'installed' && index % 4 === 3
    ? { status: 'Running', stage: 'permission_to_operate' }
    : state

const TAGS = ['north-region', 'south-region', 'referral', 'battery-interest', 'hoa', 'reroof', 'trade-show']

export function createProject(seed: number, index: number, createdAtMs: number, company: Company) {
  const random = createRandom(seed, 'project', index)
  const id = random.uuid()
  const place = random.pick(PLACES)
  const isCommercial = random.chance(0.08)
  const firstName = random.pick(FIRST_NAMES)
  const lastName = random.pick(LAST_NAMES)
  const street = `${random.int(12, 9900)} ${random.pick(STREETS)}`
  const address = `${street}, ${place.city}, ${place.region} ${place.postalCode}, USA`
  const { status, stage } = withPermission(random.pick(STATUSES), index)
  const owner = random.chance(0.92) ? random.pick(company.users) : null
  const project = {
    id,
    external_provider_id: random.chance(0.6) ? `CRM-${20000 + index}` : null,
    name: isCommercial ? random.pick(BUSINESSES) : `${lastName} residence`,
    status: random.chance(0.96) ? status : null,
    project_type: isCommercial ? 'commercial' : 'residential',
    tags: random.shuffle(TAGS).slice(0, random.int(0, 3)),
    customer_salutation: random.chance(0.2) ? random.pick(['Ms.', 'Mr.', 'Dr.']) : null,
    customer_first_name: firstName,
    customer_last_name: lastName,
    customer_email: random.chance(0.9) ? `${firstName}.${lastName}.${index}@example.com`.toLowerCase() : null,
    customer_phone: random.chance(0.85) ? toPhone(place.areaCode, index) : null,
    mailing_address: random.chance(0.75) ? address : null,
    location: {
      property_address: address,
      // Within some 8 km of the middle of the city.
      latitude: roundTo(place.latitude + random.between(-0.07, 0.07, 6), 6),
      longitude: roundTo(place.longitude + random.between(-0.07, 0.07, 6), 6),
      property_address_components: {
        street_address: street,
        city: place.city,
        region: place.region,
        postal_code: place.postalCode,
        country: 'United States',
      },
    },
    owner_id: owner?.id ?? null,
    team_id: owner?.team_ids[0] ?? null,
    partner_id: owner?.partner_id ?? null,
    preferred_solar_modules: random.chance(0.3) ? [random.pick(MODULES).id] : [],
    ahj_id: random.chance(0.9) ? createRandom(seed, 'ahj', place.city).uuid() : null,
    order_id: random.chance(0.04) ? random.uuid() : null,
    created_from_lead_id: random.chance(0.1) ? random.uuid() : null,
    created_at: toAuroraTime(createdAtMs),
  }
  return { project, index, createdAtMs, place, stage }
}

/** Undefined if Aurora answers "not filled out", as it does for every commercial project, too. */
export function createProfile(seed: number, { project, index, place }: ProjectRecord) {
  const random = createRandom(seed, 'profile', index)
  if (project.project_type === 'commercial' || !random.chance(0.92)) return undefined
  const monthlyEnergy = createMonthlyEnergy(random, place)
  const monthlyBill = monthlyEnergy.map((energy) => roundTo(energy * place.rate + FIXED_CHARGE, 2))
  const inputMode = random.pick([
    'monthly_energy',
    'monthly_energy',
    'monthly_bill',
    'interval_data',
  ] as const)
  // A month without a bill is a gap in what was entered, and Aurora fills it in the result.
  const gap = random.chance(0.1) ? random.int(0, 11) : -1
  const entered = (inputMode === 'monthly_bill' ? monthlyBill : monthlyEnergy).map((value, month) =>
    month === gap ? null : value,
  )
  const named = (kind: string): string => createRandom(seed, kind, place.utility).uuid()
  return {
    id: random.uuid(),
    project_id: project.id,
    location: `${place.city} Municipal Airport`,
    utility: place.utility,
    utility_id: named('utility'),
    utility_rate: 'Residential Schedule 7',
    utility_rate_id: named('utility rate'),
    utility_rate_version: '2026-01',
    utility_rate_version_id: named('utility rate version'),
    input_mode: inputMode,
    input_values: inputMode === 'interval_data' ? null : entered,
    monthly_bill: monthlyBill,
    monthly_energy: monthlyEnergy,
    hourly_energy: inputMode === 'interval_data' ? spreadOverHours(monthlyEnergy) : null,
    efficiency_packages: [],
  }
}

/** USD a month for the connection alone. */
export const FIXED_CHARGE = 11.5

const DAYS_OF_MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Shares of a day's energy by hour: a small peak at breakfast, the large one in the evening. */
const HOUR_SHARES = [
  0.028, 0.025, 0.023, 0.022, 0.023, 0.028, 0.037, 0.043, 0.041, 0.038, 0.037, 0.038, 0.039, 0.04, 0.042,
  0.046, 0.053, 0.062, 0.068, 0.067, 0.062, 0.054, 0.045, 0.039,
]

/** Cooling makes a summer peak, which is higher where the place is hotter. The yield of the sun stands for the heat. */
function createMonthlyEnergy(random: Random, place: Place): number[] {
  const mean = random.between(520, 1500, 0)
  const summer = (place.yieldPerKw - 1100) / 1600
  return DAYS_OF_MONTHS.map((_, month) =>
    roundTo(mean * (1 - summer * Math.cos((month / 6) * Math.PI)) * random.between(0.93, 1.07, 3), 1),
  )
}

function spreadOverHours(monthlyEnergy: readonly number[]): number[] {
  const whole = sum(HOUR_SHARES)
  const days = monthlyEnergy.flatMap((energy, month) => {
    const count = itemAt(DAYS_OF_MONTHS, month)
    const day = HOUR_SHARES.map((share) => roundTo((energy / count) * (share / whole), 4))
    return Array.from({ length: count }, () => day)
  })
  return days.flat()
}
