// Mutation: sets the energy use of a site.
import { builder } from '../builder.ts'
import { assertInput, idOf } from '../input.ts'
import { addMutation } from '../mutation.ts'
import { createObjectPayload } from '../payload.ts'

const UpdateConsumptionProfileInput = builder.inputType('UpdateConsumptionProfileInput', {
  // There is no lower bound: meters and bills of sites that feed energy in go below zero, and Aurora publishes no bound.
  description:
    'The energy use of a year, in exactly one of three forms; a null in a list is a gap. Aurora publishes no least value: ' +
    'negative ones, as of a month with more fed in than used, are left to it to judge.',
  fields: (t) => ({
    monthlyEnergy: t.floatList({
      required: { list: false, items: false },
      description:
        'Energy used in each month, January first, in kWh: 12 values, at least one of them no gap.',
    }),
    monthlyBill: t.floatList({
      required: { list: false, items: false },
      description: 'Bill of each month, January first, in USD: 12 values, at least one of them no gap.',
    }),
    intervalData: t.floatList({
      required: { list: false, items: false },
      description:
        'Energy used in each interval of a year from 1 January 00:00, in kWh: 8760, 17520 or 35040 values for intervals of ' +
        '60, 30 or 15 minutes, in a leap year 8784, 17568 or 35136; at least one whole month without a gap. A request may ' +
        'have 256 KB: values of 15 minutes fit where each is written in at most 6 characters, such as 0.1234.',
    }),
  }),
})

type Values = readonly (number | null | undefined)[]

const isGap = (value: number | null | undefined): boolean => value === null || value === undefined

function assertMonths(values: Values, name: string): void {
  assertInput(values.length === 12, `\`${name}\` has 12 values, January first.`)
  assertInput(!values.every(isGap), `\`${name}\` needs at least one value that is no gap.`)
}

const DAYS_OF_MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const LEAP_DAY = 1
/** Intervals of one hour, half an hour, and a quarter of an hour. */
const INTERVALS_OF_HOUR = [1, 2, 4]

/** Finds, from the number of values, how many intervals an hour has and how many days each month has. */
function readInterval(count: number) {
  for (const perHour of INTERVALS_OF_HOUR)
    for (const leap of [0, LEAP_DAY])
      if (count === (365 + leap) * 24 * perHour)
        return { perHour, days: DAYS_OF_MONTHS.map((days, month) => (month === 1 ? days + leap : days)) }
  return null
}

function assertIntervals(values: Values): void {
  const interval = readInterval(values.length)
  if (interval === null)
    return assertInput(false, '`intervalData` has 8760, 8784, 17520, 17568, 35040 or 35136 values.')
  let start = 0
  const hasWholeMonth = interval.days.some((days) => {
    const month = values.slice(start, (start += days * 24 * interval.perHour))
    return !month.some(isGap)
  })
  assertInput(hasWholeMonth, '`intervalData` needs at least one whole month without a gap.')
}

/** Aurora takes the text 'null' for a gap. */
const toWords = (values: Values) => values.map((value) => (isGap(value) ? 'null' : value))

function readForm({
  monthlyEnergy,
  monthlyBill,
  intervalData,
}: typeof UpdateConsumptionProfileInput.$inferInput) {
  const given = [monthlyEnergy, monthlyBill, intervalData].filter(
    (values) => values !== undefined && values !== null,
  )
  assertInput(given.length === 1, 'Give exactly one of `monthlyEnergy`, `monthlyBill` and `intervalData`.')
  if (monthlyEnergy) {
    assertMonths(monthlyEnergy, 'monthlyEnergy')
    return { monthly_energy: toWords(monthlyEnergy) }
  }
  if (monthlyBill) {
    assertMonths(monthlyBill, 'monthlyBill')
    return { monthly_bill: toWords(monthlyBill) }
  }
  assertIntervals(intervalData ?? [])
  return { interval_data: toWords(intervalData ?? []) }
}

addMutation('updateConsumptionProfile', {
  payload: createObjectPayload('consumptionProfile', 'The profile as Aurora worked it out'),
  description:
    'Sets the energy use of the site of a project, in place of what was set before; also fills out a profile that is ' +
    'not there yet. What follows from it is read anew: bill summaries, and the summaries and financings of designs that ' +
    'lists have shown. Costs 1 call.',
  args: (t) => ({
    projectId: t.id({ required: true, description: 'The project of the site, by either id.' }),
    input: t.field({ type: UpdateConsumptionProfileInput, required: true, description: 'The energy use.' }),
  }),
  read: ({ projectId, input }) => ({
    path: { project_id: idOf('Project', projectId) },
    members: readForm(input),
  }),
})
