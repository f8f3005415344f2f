// Financing: one way of paying for a design.
import {
  choice,
  createValueType,
  dateTime,
  flag,
  identifier,
  json,
  number,
  numbers,
  object,
  objects,
  objectUnlessEmpty,
  ownWord,
  text,
  whole,
} from '../member.ts'
import { implementNode, ownId } from '../node.ts'
import { createOpenEnum } from '../open-enum.ts'
import { relation } from '../relation.ts'

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
    PRE_APPROVED: 'Approved by the lender for now.',
    REJECTED: 'Refused by the lender.',
    CANCELED: 'Called off.',
    FAILED_TO_BE_QUOTED: 'The lender made no offer.',
  },
})

const FinancingLoan = createValueType('FinancingLoan', {
  description: 'One loan of a financing.',
  fields: {
    name: text('Loan product.'),
    durationMonths: whole('How long it runs, in months.'),
    dealerFeePercentage: number(
      "The lender's fee to the dealer. Aurora does not say whether 18 or 0.18 is 18 percent.",
    ),
    periods: json('The stretches it is paid back in: a list whose items Aurora does not document.'),
  },
})

const FinancingIncentiveValue = createValueType('FinancingIncentiveValue', {
  description: 'What one grant or tax credit is worth to the customer.',
  fields: {
    name: text('What the incentive is called.'),
    sum: number("Total over the life of the system, in the tenant's currency."),
  },
})

const FinancierExternal = createValueType('FinancierExternal', {
  description: "Ids and state of an application in the lender's own system.",
  fields: {
    providerStatus: text("State, in the lender's own words."),
    requestId: identifier("The lender's id of the request."),
    quoteId: identifier("The lender's id of the offer."),
    consumerId: identifier("The lender's id of the customer; null until there is an application."),
    contractSignedAt: dateTime('When the contract was signed; only some lenders return it.'),
  },
})

const Financier = createValueType('Financier', {
  description: 'The lender or owner behind a financing.',
  fields: {
    type: choice(FinancierType, 'Where its products come from.'),
    typeRaw: ownWord(),
    provider: text(
      'A key for an integrated lender, such as `goodleap` (`palmetto` is LightReach); the name of a custom one.',
    ),
    status: choice(FinancierStatus, 'State of the application; integrated lenders only.'),
    statusRaw: ownWord(),
    approvedLoanAmount: number("What the lender agreed to lend, in the tenant's currency."),
    external: objectUnlessEmpty(
      FinancierExternal,
      "The application in the lender's own system; null without one.",
    ),
  },
})

implementNode('financing', {
  description:
    'One way of paying for a design, with the figures of its last financing simulation. The list of a design carries ' +
    '`name` and `selectedInSalesMode`; any other member costs 1 call for that financing, for any number of them. ' +
    'Which fields have values depends on `financingOption`. Amounts are in the currency of the tenant.',
  fields: {
    auroraId: ownId(
      "Aurora's own id. The global `id` has that of the design before it, because Aurora needs both.",
    ),
    name: text('The name shown to the customer.'),
    projectId: identifier("Aurora's id of the project. Not in the list of a design."),
    project: relation('project', 'The project of the design.', {
      cost: 'Its id is not in the list of a design: `design { project }` may be cheaper.',
    }),
    designId: identifier("Aurora's id of the design; free."),
    design: relation('design', 'The design that it pays for.'),
    selectedInSalesMode: flag(
      'Whether the customer chose it in Sales Mode, the presentation of Aurora; one of a design at the most.',
    ),
    financingOption: choice(FinancingOption, 'Kind of financing.'),
    financingOptionRaw: ownWord(),
    systemPrice: number(
      "All that the customer pays: loans, down payment and grants together, in the tenant's currency. Can be 0 if " +
        'another party owns the system.',
    ),
    upToDate: flag('False when something changed after the simulation, so that the figures are of before.'),
    loanPrincipal: number("LOANS: what is borrowed, in the tenant's currency."),
    downPayment: number("LOANS: what is paid at once, in the tenant's currency: price less principal."),
    monthlyPaymentFirstMonth: number("LOANS: payment of the first month, in the tenant's currency."),
    avgMonthlySavings: number("LOANS: what is saved a month on the average, in the tenant's currency."),
    loans: objects(FinancingLoan, 'LOANS: the loans it is made of.'),
    epcPricePerWatt: number(
      "LEASE, PPA, LEVELIZED_PPA: the installer's price, in the tenant's currency per W.",
    ),
    escalation: number(
      'LEASE, PPA, LEVELIZED_PPA: yearly rise of the rate. Aurora does not say whether 2.9 or 0.029 is 2.9 percent.',
    ),
    monthlyPayment: number("LEASE, PPA, LEVELIZED_PPA: payment a month, in the tenant's currency."),
    solarRate: number("LEASE, PPA, LEVELIZED_PPA: price of the energy, in the tenant's currency per kWh."),
    upfrontPayment: number(
      "LEASE, PPA, LEVELIZED_PPA: what is paid at once, in the tenant's currency; a prepayment or a fee.",
    ),
    paybackPeriod: number('CASH: until savings have made up for the price; in years, as far as is known.'),
    lifetimeSavings: number("What is saved over the life of the system, in the tenant's currency."),
    incentiveValues: objects(FinancingIncentiveValue, 'Grants and tax credits with their worth.'),
    year1AvoidedCost: numbers(
      "By how much the utility bill falls in each month of the first year, January first, in the tenant's currency.",
    ),
    annualCashflows: json('One entry per year: a list whose items Aurora does not document.'),
    financier: object(Financier, 'The lender; null for CASH and for products without one.'),
  },
})
