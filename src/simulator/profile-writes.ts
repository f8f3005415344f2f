// The energy use of a project, entered in one of three forms; the rest of the profile is computed from it.

import { demand, found, projectOf } from './operation.ts'
import type { Answer, OperationRequest } from './operation.ts'
import { readInput } from './input.ts'
import { FIXED_CHARGE } from './project-data.ts'
import type { ConsumptionProfile } from './project-data.ts'
import { roundTo, sum } from './random.ts'
import { withoutValues } from './shape.ts'

const FORMS = ['monthly_energy', 'monthly_bill', 'interval_data'] as const

type Form = (typeof FORMS)[number]

/** A year of hours, half or quarter hours, with or without a leap day. */
const INTERVAL_LENGTHS = [8760, 8784, 17_520, 17_568, 35_040, 35_136]

/** What a kilowatt-hour costs if the project's place is not known, in USD. */
const USUAL_RATE = 0.2

export function updateProfile(request: OperationRequest): Answer {
  const { data } = request
  const { id } = projectOf(request)
  const members = readInput(request, 'consumption_profile')
  const [form, ...others] = FORMS.filter((each) => members[each] !== undefined)
  demand(form !== undefined && others.length === 0, `exactly one of ${FORMS.join(', ')} must be given`)
  const values = readValues(form, members[form])
  const profile = workOut(form, values, data.projectRecord(id)?.place.rate ?? USUAL_RATE)
  if (data.profile(id)) data.changes.profile.change(id, profile)
  else
    data.changes.profile.add(id, { ...createNameless(request), ...profile } as unknown as ConsumptionProfile)
  return found('consumption_profile', data.profile(id))
}

/** Numbers, numbers as text, and the word "null", which stands for a gap. */
function readValues(form: Form, given: unknown): readonly (number | null)[] {
  const isGood = (value: unknown): boolean =>
    typeof value === 'number' || (typeof value === 'string' && /^(null|-?\d+(\.\d+)?)$/.test(value))
  demand(Array.isArray(given), `${form} must be a list`)
  demand(given.every(isGood), `${form} must hold numbers, or the word "null" for a gap`)
  const isWhole = form === 'interval_data' ? INTERVAL_LENGTHS.includes(given.length) : given.length === 12
  demand(isWhole, `${form} has ${given.length} values`)
  const values = given.map((value: unknown) => (value === 'null' ? null : Number(value)))
  demand(!values.every((value) => value === null), `${form} has no number`)
  return values
}

function workOut(form: Form, values: readonly (number | null)[], rate: number) {
  const filled = values.map((value) => value ?? 0)
  const months = form === 'interval_data' ? toMonths(filled) : filled
  const energy =
    form === 'monthly_bill'
      ? months.map((bill) => roundTo(Math.max(0, bill - FIXED_CHARGE) / rate, 1))
      : months
  const bills = form === 'monthly_bill' ? months : energy.map((kwh) => roundTo(kwh * rate + FIXED_CHARGE, 2))
  return {
    input_mode: form,
    input_values: form === 'interval_data' ? null : [...values],
    monthly_bill: bills,
    monthly_energy: energy,
    hourly_energy: form === 'interval_data' ? filled.slice(0, 8760) : null,
  }
}

/** Twelve equal parts: which day it is matters to no client. */
function toMonths(values: readonly number[]): number[] {
  const share = Math.floor(values.length / 12)
  return Array.from({ length: 12 }, (_, month) =>
    roundTo(sum(values.slice(month * share, (month + 1) * share)), 1),
  )
}

const createNameless = ({ ids, maker }: OperationRequest) => ({
  id: maker.newId(),
  project_id: ids.project_id,
  ...withoutValues('location', 'utility', 'utility_id', 'utility_rate', 'utility_rate_id'),
  ...withoutValues('utility_rate_version', 'utility_rate_version_id'),
  efficiency_packages: [],
})
