// The financings of a design: one row of terms per option, figures taken from its price and its energy.

import type { EnergyProduction } from './design-data.ts'
import type { Incentive, Pricing } from './pricing-data.ts'
import { createRandom, roundTo, sum } from './random.ts'
import type { Random } from './random.ts'
import { toAuroraTime } from './timestamps.ts'

/** The members that every option has; the others depend on the option. */
export type Financing = Readonly<Record<string, unknown>> & {
  readonly id: string
  readonly name: string
  readonly design_id: string
  readonly financing_option: string
  readonly selected_in_sales_mode: boolean
  readonly system_price: number
}

export interface FinancedDesign {
  readonly id: string
  readonly projectId: string
  readonly createdAtMs: number
  readonly isSold: boolean
  readonly watts: number
  readonly pricing: Pricing
  readonly incentives: readonly Incentive[]
  readonly energy: EnergyProduction
  /** USD a kWh of the utility. */
  readonly rate: number
}

const DAY_MS = 24 * 60 * 60_000

/** Years over which savings are counted. */
const LIFE_YEARS = 25

/** What sun and modules lose a year. */
const DEGRADATION = 0.005

/** How much of a year's energy saves money at the full rate. */
const EXPORT_FACTOR = 0.92

export function createFinancings(seed: number, design: FinancedDesign): Financing[] {
  if (design.watts === 0) return []
  const random = createRandom(seed, 'financings', design.id)
  // A sold design was paid for somehow.
  const count = random.int(design.isSold ? 1 : 0, 4)
  const options = random.shuffle(OPTIONS).slice(0, count)
  const selected = design.isSold || random.chance(0.5) ? random.int(0, count - 1) : -1
  return options.map((option, index) => {
    const year1 = design.energy.monthly.map((energy) => roundTo(energy * design.rate * EXPORT_FACTOR, 2))
    const terms = TERMS[option](random, design)
    const cashflows = createCashflows(sum(year1))
    return {
      id: random.uuid(),
      project_id: design.projectId,
      design_id: design.id,
      selected_in_sales_mode: index === selected,
      financing_option: option,
      up_to_date: random.chance(0.85),
      // Whether foreign members are absent or null is not known, so both occur.
      ...(random.chance(0.3) ? Object.fromEntries(OPTIONAL_MEMBERS.map((name) => [name, null])) : {}),
      system_price: design.pricing.system_price,
      ...terms,
      lifetime_savings: roundTo(sum(cashflows) - design.pricing.system_price, 2),
      incentive_values: design.incentives.map((incentive) => ({ ...incentive })),
      year1_avoided_cost: year1,
      annual_cashflows: cashflows,
      financier: option === 'cash' ? null : createFinancier(random, design, index === selected),
    }
  })
}

const OPTIONS = ['cash', 'loans', 'lease', 'ppa', 'levelized_ppa'] as const

type Option = (typeof OPTIONS)[number]

const OPTIONAL_MEMBERS = [
  'loan_principal',
  'down_payment',
  'monthly_payment_first_month',
  'avg_monthly_savings',
  'loans',
  'epc_price_per_watt',
  'escalation',
  'monthly_payment',
  'solar_rate',
  'upfront_payment',
  'payback_period',
]

type Terms = Readonly<Record<string, unknown>> & { readonly name: string }

const TERMS: Readonly<Record<Option, (random: Random, design: FinancedDesign) => Terms>> = {
  cash: (_, { pricing, energy, rate }) => ({
    name: 'Cash',
    payback_period: roundTo(pricing.system_price / (energy.annual * rate * EXPORT_FACTOR), 1),
  }),
  loans: (random, { pricing, energy, rate }) => {
    const principal = roundTo(pricing.system_price * random.pick([0.8, 0.9, 1]), 2)
    const percent = random.pick([3.99, 5.49, 6.99])
    const months = random.pick([120, 180, 240, 300])
    const payment = toMonthlyPayment(principal, percent, months)
    const name = `Brightline ${months / 12}y ${percent}%`
    return {
      name,
      loan_principal: principal,
      down_payment: roundTo(pricing.system_price - principal, 2),
      monthly_payment_first_month: payment,
      avg_monthly_savings: roundTo((energy.annual * rate * EXPORT_FACTOR) / 12 - payment, 2),
      loans: [
        {
          name,
          duration_months: months,
          dealer_fee_percentage: random.pick([0, 12, 18]),
          periods: [{ months, interest_rate: percent, monthly_payment: payment }],
        },
      ],
    }
  },
  lease: (random, design) => ({ name: 'Solar lease 25y', ...thirdPartyTerms(random, design, 2.9) }),
  ppa: (random, design) => ({ name: 'PPA 25y', ...thirdPartyTerms(random, design, 2.9) }),
  // Nothing down and nothing bought: the one option whose price was met as 0.
  levelized_ppa: (random, design) => ({
    name: 'Levelized PPA 25y',
    ...thirdPartyTerms(random, design, 0),
    system_price: 0,
  }),
}

function thirdPartyTerms(
  random: Random,
  { energy, rate, watts, pricing }: FinancedDesign,
  escalation: number,
) {
  const solarRate = roundTo(rate * random.between(0.75, 0.95, 2), 4)
  return {
    epc_price_per_watt: roundTo(pricing.system_price / watts, 2),
    escalation,
    monthly_payment: roundTo((energy.annual * solarRate) / 12, 2),
    solar_rate: solarRate,
    upfront_payment: 0,
  }
}

function toMonthlyPayment(principal: number, percent: number, months: number): number {
  const monthly = percent / 100 / 12
  return roundTo((principal * monthly) / (1 - (1 + monthly) ** -months), 2)
}

function createCashflows(year1: number): number[] {
  return Array.from({ length: LIFE_YEARS }, (_, year) => roundTo(year1 * (1 - DEGRADATION) ** year, 2))
}

function createFinancier(
  random: Random,
  { createdAtMs, isSold, pricing }: FinancedDesign,
  isChosen: boolean,
) {
  if (random.chance(0.25)) {
    return { type: 'custom', provider: 'Cooperative credit union', status: null, approved_loan_amount: null }
  }
  const isSigned = isSold && isChosen
  const number = random.int(10000, 99999)
  return {
    type: 'integrated',
    provider: random.pick(['goodleap', 'palmetto', 'mosaic', 'sungage', 'enfin']),
    status: isSigned ? 'pre_approved' : random.pick(['created', 'quoted', 'submitted', 'rejected']),
    approved_loan_amount: isSigned ? pricing.system_price : null,
    external: {
      provider_status: isSigned ? 'contract_signed' : 'quoted',
      request_id: `REQ-${number}`,
      quote_id: `QTE-${number + 1}`,
      consumer_id: isSigned ? `ACC-${number + 2}` : null,
      contract_signed_at: isSigned ? toAuroraTime(createdAtMs + random.int(1, 20) * DAY_MS) : null,
    },
  }
}
