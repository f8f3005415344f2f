// The financings of a design: one row of terms per option, figures taken from its price and its energy.

import type { createDesign } from './design-data.ts'
import type { createPricing } from './pricing-data.ts'
import { BOUGHT } from './project-data.ts'
import { createRandom, roundTo, sum } from './random.ts'
import type { Random } from './random.ts'
import { withoutValues } from './shape.ts'
import { DAY_MS, toAuroraTime } from './timestamps.ts'

/** The members that every option has; the others depend on the option. */
export type Financing = Readonly<Record<string, unknown>> & {
  readonly id: string
  readonly name: string
  readonly design_id: string
  readonly financing_option: string
  readonly selected_in_sales_mode: boolean
  readonly system_price: number
}

type FinancedDesign = ReturnType<typeof createDesign> & ReturnType<typeof createPricing>

/** Years over which savings are counted. */
const LIFE_YEARS = 25

/** The share of the energy that modules lose in a year. */
const DEGRADATION = 0.005

/** The share of a year's energy that saves money at the full rate. */
const EXPORT_FACTOR = 0.92

export function createFinancings(seed: number, financed: FinancedDesign): Financing[] {
  const { design, summary, pricing, incentives, rate } = financed
  if (design.system_size_stc === 0) return []
  const random = createRandom(seed, 'financings', design.id)
  // A sold design has at least one financing.
  const count = random.int(isSold(financed) ? 1 : 0, 4)
  const options = random.shuffle(OPTIONS).slice(0, count)
  const selected = isSold(financed) || random.chance(0.5) ? random.int(0, count - 1) : -1
  return options.map((option, index) => {
    const year1 = summary.energy_production.monthly.map((energy) => roundTo(energy * rate * EXPORT_FACTOR, 2))
    const terms = TERMS[option](random, financed)
    const cashflows = createCashflows(sum(year1))
    return {
      id: random.uuid(),
      project_id: design.project_id,
      design_id: design.id,
      selected_in_sales_mode: index === selected,
      financing_option: option,
      up_to_date: random.chance(0.85),
      // It is not public whether the members of other options are absent or null, so both occur.
      ...(random.chance(0.3) && withoutValues(...OPTIONAL_MEMBERS)),
      system_price: pricing.system_price,
      ...terms,
      lifetime_savings: roundTo(sum(cashflows) - pricing.system_price, 2),
      incentive_values: incentives.map((incentive) => ({ ...incentive })),
      year1_avoided_cost: year1,
      annual_cashflows: cashflows,
      financier: option === 'cash' ? null : createFinancier(random, financed, index === selected),
    }
  })
}

function isSold({ design: { milestone } }: FinancedDesign): boolean {
  return BOUGHT.has(milestone?.milestone ?? '')
}

const OPTIONS = ['cash', 'loans', 'lease', 'ppa', 'levelized_ppa'] as const

type Option = (typeof OPTIONS)[number]

// prettier-ignore
const OPTIONAL_MEMBERS = [
  'loan_principal', 'down_payment', 'monthly_payment_first_month', 'avg_monthly_savings', 'loans',
  'epc_price_per_watt', 'escalation', 'monthly_payment', 'solar_rate', 'upfront_payment', 'payback_period',
]

type Terms = Readonly<Record<string, unknown>> & { readonly name: string }

const TERMS: Readonly<Record<Option, (random: Random, design: FinancedDesign) => Terms>> = {
  cash: (_, financed) => ({
    name: 'Cash',
    payback_period: roundTo(financed.pricing.system_price / savingsOf(financed), 1),
  }),
  loans: (random, financed) => {
    const { pricing } = financed
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
      avg_monthly_savings: roundTo(savingsOf(financed) / 12 - payment, 2),
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
  // Nothing is paid at the start and nothing is bought: the only option whose price a client received as 0.
  levelized_ppa: (random, design) => {
    return { name: 'Levelized PPA 25y', ...thirdPartyTerms(random, design, 0), system_price: 0 }
  },
}

/** USD of the first year. */
function savingsOf({ summary, rate }: FinancedDesign): number {
  return summary.energy_production.annual * rate * EXPORT_FACTOR
}

function thirdPartyTerms(random: Random, financed: FinancedDesign, escalation: number) {
  const { design, summary, rate, pricing } = financed
  const solarRate = roundTo(rate * random.between(0.75, 0.95, 2), 4)
  return {
    epc_price_per_watt: roundTo(pricing.system_price / design.system_size_stc, 2),
    escalation,
    monthly_payment: roundTo((summary.energy_production.annual * solarRate) / 12, 2),
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

function createFinancier(random: Random, financed: FinancedDesign, isChosen: boolean) {
  const { createdAtMs, pricing } = financed
  if (random.chance(0.25)) {
    return { type: 'custom', provider: 'Cooperative credit union', status: null, approved_loan_amount: null }
  }
  const isSigned = isSold(financed) && isChosen
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
