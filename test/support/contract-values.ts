// Makes objects of the contract: each value follows from a seed and its place alone, in the forms that the contract's notes allow.
import type { Described } from '../../schema/read-contract.ts'
import { seedOf } from './examples.ts'
import { createRandom } from './seeded-random.ts'

export type Members = Readonly<Record<string, unknown>>

export interface ContractValues {
  chance(place: string): number
  /** `own` has the members that are not left to chance. */
  object(properties: Described['properties'], place: string, own: Members): Members
  /** The moments that the texts of times mean, in ISO 8601. */
  readonly momentOf: ReadonlyMap<string, string>
}

/** Every member except ids may be absent or null, also where the schema requires it. */
const ABSENT = 0.15
const NULL = 0.3
const AS_TEXT = 0.15
const UNKNOWN_MEMBER = 0.3

/** Older names, which are used where the current ones are absent: properties/odd-answers and unit tests are about them. */
const OLDER: ReadonlySet<string> = new Set(
  'partner_id system_cost system_cost_breakdown storage_system_cost_breakdown pricing_mode user_ids'.split(
    ' ',
  ),
)
const TEXTS = [
  'sold',
  'a word of tomorrow',
  'Ünï çødé 株式会社 👩‍👩‍👧',
  ' spaces ',
  '0',
  'null',
  '',
  '<b>"&\\u0041',
  '2026-03-04 17:25:09 UTC',
]
const PERCENTAGES = ['87%', '87.5', '0%', '112 %']
const NUMBERS = [0, 1, -1, 12.5, -0.01, 1e-7, 1e15, 987_654.321]
const WHOLE_NUMBERS = [0, 1, -1, 24, 2 ** 31 - 1]
const ANYTHING = [7, 'text', [1, null], { deep: [true] }]

/** Aurora's form, and those of ISO 8601. */
const TIME_FORMS: readonly ((at: string) => string)[] = [
  (at) => at.replace('T', ' ').replace('.000Z', ' UTC'),
  (at) => at,
  (at) => at.replace('.000Z', 'Z'),
  (at) => at.replace('.000Z', '+00:00'),
  (at) => at.replace('.000Z', '.000000Z'),
  (at) => `${new Date(Date.parse(at) - 7 * 3_600_000).toISOString().slice(0, 19)}-07:00`,
]

export function createContractValues(seed: string): ContractValues {
  const momentOf = new Map<string, string>()
  const chance = (place: string): number => createRandom(seedOf(seed, place))()
  const pick = <Item>(items: readonly [Item, ...Item[]] | readonly Item[], place: string): Item =>
    items[Math.floor(chance(`${place} picked`) * items.length)] as Item

  function timeAt(place: string): string {
    const at = new Date(Math.floor(1.5e9 + chance(place) * 2.6e8) * 1000).toISOString()
    const text = pick(TIME_FORMS, place)(at)
    momentOf.set(text, at)
    return text
  }

  function textAt(name: string, place: string): unknown {
    if (/(^|_)ids?$/.test(name)) return pick<unknown>([`${name}1`, `${name}2`, 1001, 1002], place)
    if (name === 'annual_offset') return pick(PERCENTAGES, place)
    return name.endsWith('_at') ? timeAt(place) : pick([...TEXTS, `${name} of ${place}`], place)
  }

  function numberAt(numbers: readonly number[], place: string): unknown {
    const number = pick(numbers, place)
    return chance(`${place} as text`) < AS_TEXT ? String(number) : number
  }

  function valueAt({ types, properties, items }: Described, name: string, place: string): unknown {
    const type = types.find((each) => each !== 'null')
    if (type === 'string') return textAt(name, place)
    if (type === 'number') return numberAt(NUMBERS, place)
    if (type === 'integer') return numberAt(WHOLE_NUMBERS, place)
    if (type === 'boolean') return pick<unknown>([true, false, 'true', 'false'], place)
    if (type === 'object') return object(properties, place, {})
    if (type !== 'array') return pick<unknown>(ANYTHING, place)
    return Array.from({ length: pick([0, 1, 2, 3], place) }, (_, at) =>
      items ? valueAt(items, name, `${place}.${at}`) : at,
    )
  }

  function object(properties: Described['properties'], place: string, own: Members): Members {
    const members: Record<string, unknown> = {}
    for (const [name, described] of Object.entries(properties)) {
      const presence = chance(`${place}.${name} presence`)
      if (Object.hasOwn(own, name)) members[name] = own[name]
      else if (OLDER.has(name) || presence < ABSENT) continue
      else members[name] = presence < NULL ? null : valueAt(described, name, `${place}.${name}`)
    }
    if (chance(`${place} unknown`) < UNKNOWN_MEMBER)
      members['of_tomorrow'] = { id: 'x', list: [1, 'two', null] }
    return members
  }

  return { chance, object, momentOf }
}
