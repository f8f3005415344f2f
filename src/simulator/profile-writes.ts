// The energy use of a project, entered in one of three forms; the rest of the profile is worked out from it.

import { found, userError } from './operation.ts'
import type { Answer, OperationRequest } from './operation.ts'
import { readInput } from './input.ts'
import { FIXED_CHARGE } from './project-data.ts'
import type { ConsumptionProfile } from './project-data.ts'
import { roundTo, sum } from './random.ts'

const FORMS = ['monthly_energy', 'monthly_bill', 'interval_data'] as const

/** A year of hours, half or quarter hours, with or without a leap day. */
const INTERVAL_LENGTHS = [8760, 8784, 17_520, 17_568, 35_040, 35_136]

/** What a kilowatt-hour costs where the project's place is not known, in USD. */
const USUAL_RATE = 0.2

export function updateProfile(request: OperationRequest): Answer {
  const { data, ids } = request
  const input = readInput(request, 'consumption_profile')
  if ('refusal' in input) return input.refusal
  const given = FORMS.filter((form) => input.members[form] !== undefined)
  const [form] = given
  if (form === undefined || given.length > 1)
    return userError(422, `exactly one of ${FORMS.join(', ')} must be given`)
  const values = readValues(input.members[form])
  if (typeof values === 'string') return userError(422, `${form} ${values}`)
  const isWhole = form === 'interval_data' ? INTERVAL_LENGTHS.includes(values.length) : values.length === 12
  if (!isWhole) return userError(422, `${form} has ${values.length} values`)
  if (values.every((value) => value === null)) return userError(422, `${form} has no number`)

  const rate = data.projectRecord(ids.project_id)?.place.rate ?? USUAL_RATE
  const profile = workOut(form, values, rate)
  const before = data.profile(ids.project_id)
  if (before) data.changes.profile.change(ids.project_id, profile)
  else
    data.changes.profile.add(ids.project_id, {
      ...nameless(request),
      ...profile,
    } as unknown as ConsumptionProfile)
  return found('consumption_profile', data.profile(ids.project_id))
}

/** Numbers, numbers as text, and the word that stands for a gap; else what is wrong. */
function readValues(given: unknown): (number | null)[] | string {
  if (!Array.isArray(given)) return 'must be a list'
  const isGood = (value: unknown): boolean =>
    typeof value === 'number' || (typeof value === 'string' && /^(null|-?\d+(\.\d+)?)$/.test(value))
  if (!given.every(isGood)) return 'must hold numbers, or the word "null" for a gap'
  return given.map((value: unknown) => (value === 'null' ? null : Number(value)))
}

type Form = (typeof FORMS)[number]

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

const nameless = ({ ids, maker }: OperationRequest) => ({
  id: maker.newId(),
  project_id: ids.project_id,
  location: null,
  utility: null,
  utility_id: null,
  utility_rate: null,
  utility_rate_id: null,
  utility_rate_version: null,
  utility_rate_version_id: null,
  efficiency_packages: [],
})
