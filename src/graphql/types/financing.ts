// Financing: one way of paying for a design.
import { builder } from '../builder.ts'
import {
  choice,
  dateTime,
  flag,
  identifier,
  json,
  number,
  numbers,
  object,
  objects,
  objectUnlessEmpty,
  text,
  whole,
} from '../member.ts'
import type { Source } from '../member.ts'
import { Node } from '../node.ts'
import { createOpenEnum } from '../open-enum.ts'
import { relation } from '../relation.ts'
import { Design, Financing, Project } from './refs.ts'

const FinancingOption = createOpenEnum('FinancingOption', {
  description: 'Kind of financing. Aurora may add values at any time.',
  values: {
    CASH: 'Bought outright.',
    LOANS: 'Bought with one or more loans.',
    LEASE: 'Somebody else owns the system; the customer pays rent for it.',
    PPA: 'Somebody else owns the system; the customer pays for its energy by the kWh (power purchase agreement).',
    LEVELIZED_PPA: 'A power purchase agreement with payments evened out over the months of a year.',
  },
})

const FinancierType = createOpenEnum('FinancierType', {
  description: 'Where the products of a lender come from. Aurora may add values at any time.',
  values: {
    INTEGRATED: 'From the lender, whose system Aurora talks to.',
    CUSTOM: 'Entered by the tenant.',
  },
})

const FinancierStatus = createOpenEnum('FinancierStatus', {
  description: 'State of the application with an integrated lender. Aurora may add values at any time.',
  values: {
    CREATED: 'An application has been begun.',
    QUOTED: 'The lender has made an offer.',
    SUBMITTED: 'The application has been sent.',
    PRE_APPROVED: 'The lender has said yes for now.',
    REJECTED: 'The lender has said no.',
    CANCELED: 'Called off.',
    FAILED_TO_BE_QUOTED: 'The lender made no offer.',
  },
})

const FinancingLoan = builder.objectRef<Source>('FinancingLoan').implement({
  description: 'One loan of a financing.',
  fields: (t) => ({
    name: t.field(text('name', 'Loan product.')),
    durationMonths: t.field(whole('duration_months', 'How long it runs, in months.')),
    dealerFeePercentage: t.field(
      number(
        'dealer_fee_percentage',
        "The lender's fee to the dealer. Whether 18 or 0.18 is 18 percent, Aurora does not say.",
      ),
    ),
    periods: t.field(
      json('periods', 'The stretches it is paid back in: a list whose items Aurora does not document.'),
    ),
  }),
})

const FinancingIncentiveValue = builder.objectRef<Source>('FinancingIncentiveValue').implement({
  description: 'What one grant or tax credit is worth to the customer.',
  fields: (t) => ({
    name: t.field(text('name', 'What the incentive is called.')),
    sum: t.field(number('sum', "Total over the life of the system, in the tenant's currency.")),
  }),
})

const FinancierExternal = builder.objectRef<Source>('FinancierExternal').implement({
  description: "Ids and state of an application in the lender's own system.",
  fields: (t) => ({
    providerStatus: t.field(text('provider_status', "State, in the lender's own words.")),
    requestId: t.field(identifier('request_id', "The lender's id of the request.")),
    quoteId: t.field(identifier('quote_id', "The lender's id of the offer.")),
    consumerId: t.field(
      identifier('consumer_id', "The lender's id of the customer; null until there is an application."),
    ),
    contractSignedAt: t.field(
      dateTime('contract_signed_at', 'When the contract was signed; only some lenders tell it.'),
    ),
  }),
})

const Financier = builder.objectRef<Source>('Financier').implement({
  description: 'The lender or owner behind a financing.',
  fields: (t) => ({
    type: t.field(choice('type', FinancierType, 'Where its products come from.')),
    typeRaw: t.field(text('type', "`type` in Aurora's own word.")),
    provider: t.field(
      text(
        'provider',
        'A key for an integrated lender, such as `goodleap` (LightReach goes by `palmetto`); the name of a custom one.',
      ),
    ),
    status: t.field(choice('status', FinancierStatus, 'State of the application; integrated lenders only.')),
    statusRaw: t.field(text('status', "`status` in Aurora's own word.")),
    approvedLoanAmount: t.field(
      number('approved_loan_amount', "What the lender agreed to lend, in the tenant's currency."),
    ),
    external: t.field(
      objectUnlessEmpty(
        'external',
        FinancierExternal,
        "The application in the lender's own system; null without one.",
      ),
    ),
  }),
})

Financing.implement({
  interfaces: [Node],
  description:
    'One way of paying for a design, with the figures of its last financing simulation. The list of a design carries ' +
    '`name` and `selectedInSalesMode`; any other member costs 1 call for that financing, however many are asked for. ' +
    'Which fields have values depends on `financingOption`. Amounts are in the currency of the tenant.',
  fields: (t) => ({
    auroraId: t.id({
      nullable: false,
      description:
        "Aurora's own id. The global `id` has that of the design before it, as Aurora asks for both.",
      resolve: ({ key }) => key.slice(key.indexOf('/') + 1),
    }),
    name: t.field(text('name', 'The name shown to the customer.')),
    projectId: t.field(identifier('project_id', "Aurora's id of the project. Not in the list of a design.")),
    project: t.field(
      relation(
        'project_id',
        Project,
        'project',
        'The project of the design. Its id is not in the list of a design: `design { project }` may be cheaper.',
      ),
    ),
    designId: t.field(identifier('design_id', "Aurora's id of the design; free.")),
    design: t.field(
      relation(
        'design_id',
        Design,
        'design',
        'The design that it pays for. `id` is free; other members cost 1 call unless a list has shown the design.',
      ),
    ),
    selectedInSalesMode: t.field(
      flag(
        'selected_in_sales_mode',
        'Whether the customer chose it in Sales Mode, the presentation of Aurora; one of a design at the most.',
      ),
    ),
    financingOption: t.field(choice('financing_option', FinancingOption, 'Kind of financing.')),
    financingOptionRaw: t.field(text('financing_option', "`financingOption` in Aurora's own word.")),
    systemPrice: t.field(
      number(
        'system_price',
        "All that the customer pays: loans, down payment and grants together, in the tenant's currency. Can be 0 " +
          'where somebody else owns the system.',
      ),
    ),
    upToDate: t.field(
      flag(
        'up_to_date',
        'False when something changed after the simulation, so that the figures are of before.',
      ),
    ),
    loanPrincipal: t.field(number('loan_principal', "LOANS: what is borrowed, in the tenant's currency.")),
    downPayment: t.field(
      number('down_payment', "LOANS: what is paid at once, in the tenant's currency: price less principal."),
    ),
    monthlyPaymentFirstMonth: t.field(
      number('monthly_payment_first_month', "LOANS: payment of the first month, in the tenant's currency."),
    ),
    avgMonthlySavings: t.field(
      number('avg_monthly_savings', "LOANS: what is saved a month on the average, in the tenant's currency."),
    ),
    loans: t.field(objects('loans', FinancingLoan, 'LOANS: the loans it is made of.')),
    epcPricePerWatt: t.field(
      number(
        'epc_price_per_watt',
        "LEASE, PPA, LEVELIZED_PPA: the installer's price, in the tenant's currency per W.",
      ),
    ),
    escalation: t.field(
      number(
        'escalation',
        'LEASE, PPA, LEVELIZED_PPA: yearly rise of the rate. Whether 2.9 or 0.029 is 2.9 percent, Aurora does not say.',
      ),
    ),
    monthlyPayment: t.field(
      number('monthly_payment', "LEASE, PPA, LEVELIZED_PPA: payment a month, in the tenant's currency."),
    ),
    solarRate: t.field(
      number(
        'solar_rate',
        "LEASE, PPA, LEVELIZED_PPA: price of the energy, in the tenant's currency per kWh.",
      ),
    ),
    upfrontPayment: t.field(
      number(
        'upfront_payment',
        "LEASE, PPA, LEVELIZED_PPA: what is paid at once, in the tenant's currency; a prepayment or a fee.",
      ),
    ),
    paybackPeriod: t.field(
      number(
        'payback_period',
        'CASH: until savings have made up for the price; in years, as far as is known.',
      ),
    ),
    lifetimeSavings: t.field(
      number('lifetime_savings', "What is saved over the life of the system, in the tenant's currency."),
    ),
    incentiveValues: t.field(
      objects('incentive_values', FinancingIncentiveValue, 'Grants and tax credits with their worth.'),
    ),
    year1AvoidedCost: t.field(
      numbers(
        'year1_avoided_cost',
        "By how much the utility bill falls in each month of the first year, January first, in the tenant's currency.",
      ),
    ),
    annualCashflows: t.field(
      json('annual_cashflows', 'One entry per year: a list whose items Aurora does not document.'),
    ),
    financier: t.field(
      object('financier', Financier, 'The lender; null for CASH and for products without one.'),
    ),
  }),
})
