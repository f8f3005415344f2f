// Odd answers that Aurora might send: fast-check draws the oddities of a body, `mutate` applies them.
import fc from 'fast-check'
import { TOO_LARGE_A_NUMBER } from './rewriting-proxy.ts'

/** One kind of oddity. About one in `oneIn` of the members that it fits has it, always the same ones. */
export interface Rule<What extends string = string> {
  readonly what: What
  readonly oneIn: number
  readonly mark: number
  /** Members of this name only; without it, members of any name. */
  readonly member?: string
}

export interface Plan {
  readonly values: readonly Rule<OddValue>[]
  readonly bodies: readonly Rule<OddBody>[]
}

type OddValue = keyof typeof ODD_VALUES
type OddBody = keyof typeof ODD_BODIES

/** Leaves the member out; an item of a list becomes null. */
const ABSENT = Symbol('absent')

/** `pick` draws from a list; the same for the same rule and place. A value that the oddity does not fit is returned as it is. */
type Odd = (value: unknown, member: string, pick: <Item>(items: readonly Item[]) => Item) => unknown

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isTime = (value: unknown): value is string =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d/.test(value)
const isObjects = (value: unknown): value is readonly object[] =>
  Array.isArray(value) && value.length > 0 && value.every(isObject)
const isIdName = (member: string): boolean => /(^|_)ids?$/.test(member)

const onlyTexts =
  (odd: Odd): Odd =>
  (value, ...rest) =>
    typeof value === 'string' ? odd(value, ...rest) : value

/** Members that no program expects, among them names that JavaScript itself uses. */
const UNKNOWN_MEMBERS = `{
  "brand_new": { "deep": [1, null, { "deeper": "yes" }] }, "": [], "__typename": "Query", "__proto__": { "id": 7 },
  "constructor": null, "hasOwnProperty": 1, "toString": "text", "toJSON": true, "then": {}
}`

const ODD_TEXTS = [
  '\u0000',
  '\uD800',
  '\uDC00x',
  '\u202Eevil',
  '\uFEFF',
  'e\u0301',
  '👩‍👩‍👧',
  '\u2028',
  '"\\',
  '%',
  '%%',
]
const BROKEN_TIMES = [
  'soon',
  '0000-00-00 00:00:00 UTC',
  '2026-02-30T00:00:00Z',
  '2026-03-04T25:00:00Z',
  '2026-03-04 17:25:09 PST',
  '9999-12-31T23:59:59-23:59',
  '+275760-09-13T00:00:00Z',
  '1772645109',
]

/** Forms of the same moment: Aurora's, and ISO 8601 with and without zone and milliseconds. */
const TIME_FORMS: readonly ((at: string) => string)[] = [
  (at) => `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`,
  (at) => at,
  (at) => at.replace('Z', ''),
  (at) => at.replace('.000Z', 'Z'),
  (at) => at.replace('.000Z', ''),
  (at) => at.replace('Z', '+00:00'),
]

function writeOtherwise(time: string, form: (at: string) => string): string {
  const atMs = Date.parse(/Z$|[+-]\d\d:?\d\d$| UTC$/.test(time) ? time : `${time}Z`)
  const at = new Date(atMs).toISOString()
  // Forms without milliseconds fit only moments without milliseconds.
  return at.endsWith('.000Z') ? form(at) : at
}

const HARMLESS_VALUES = {
  'unknown members': (value) =>
    isObject(value) ? { ...(JSON.parse(UNKNOWN_MEMBERS) as object), ...value } : value,
  'time in another form': (value, _member, pick) =>
    isTime(value) ? writeOtherwise(value, pick(TIME_FORMS)) : value,
  'number as text': (value, member, pick) =>
    typeof value === 'number' && !isIdName(member) ? pick([`${value}`, ` ${value} `]) : value,
  'flag as text': (value) => (typeof value === 'boolean' ? String(value) : value),
  'list as JSON text': (value, member) =>
    Array.isArray(value) && !isIdName(member) ? JSON.stringify(value) : value,
  'nulls among objects': (value) => (isObjects(value) ? [null, ...value, null] : value),
} as const satisfies Record<string, Odd>

const ODD_VALUES = {
  ...HARMLESS_VALUES,
  absent: () => ABSENT,
  null: () => null,
  '{}': () => ({}),
  '[]': () => [],
  'empty text': () => '',
  'spaces for text': onlyTexts(() => '  \n'),
  'unknown word': onlyTexts(() => 'brand_new_word'),
  'percent sign': (value) => (typeof value === 'number' ? `${value}%` : value),
  'broken time': (value, _member, pick) => (isTime(value) ? pick(BROKEN_TIMES) : value),
  'wrong type': (_value, _member, pick) => pick([7, -1.5, true, 'text', ['text'], [[]], { text: 'text' }]),
  'odd number': (value, _member, pick) =>
    typeof value === 'number' ? pick([TOO_LARGE_A_NUMBER, -0, 1e308, 2 ** 53, -0.1, 5e-324]) : value,
  'odd items': (value, _member, pick) =>
    Array.isArray(value) ? [...value, pick([null, 7, 'text', [], {}, [null], true])] : value,
  'odd items first': (value, _member, pick) =>
    Array.isArray(value) ? [pick([null, 7, 'text', [], {}, { id: null }, { id: '' }]), ...value] : value,
  'items twice': (value) => (Array.isArray(value) ? value.flatMap((item) => [item, item]) : value),
  'number for id': (value, member) => (isIdName(member) && typeof value === 'string' ? 7 : value),
  'odd id': (value, member, pick) =>
    isIdName(member) && typeof value === 'string' ? pick(['a/b', '..', ' ', 'ü', 1.5, {}, []]) : value,
  'very long text': onlyTexts(() => 'long '.repeat(4000)),
  'odd text': (value, _member, pick) => (typeof value === 'string' ? pick(ODD_TEXTS) + value : value),
  'deep value': () => JSON.parse(`${'[{"a":'.repeat(60)}1${'}]'.repeat(60)}`) as unknown,
} as const satisfies Record<string, Odd>

const ODD_BODIES = {
  'no wrapper': (body) => (isObject(body) ? (Object.values(body)[0] ?? null) : body),
  'another wrapper': (body) => (isObject(body) ? { data: Object.values(body)[0] } : body),
  'wrapper within wrapper': (body) => ({ response: body }),
  'beside others': (body) => ({ meta: { page: 1 }, links: [], ...(isObject(body) ? body : {}) }),
  list: () => [],
  'in a list': (body) => [body],
  null: () => null,
  number: () => 7,
  text: (body) => JSON.stringify(body),
  'empty object': () => ({}),
  'wrapper of null': (body) => (isObject(body) ? { ...body, [Object.keys(body)[0] ?? 'x']: null } : body),
  'wrapper of {}': (body) => (isObject(body) ? { ...body, [Object.keys(body)[0] ?? 'x']: {} } : body),
  'wrapper of []': (body) => (isObject(body) ? { ...body, [Object.keys(body)[0] ?? 'x']: [] } : body),
} as const satisfies Record<string, Odd>

/** The body with the oddities of the plan, the same ones each time; `place` names where the body comes from. */
export function mutate(body: unknown, { values, bodies }: Plan, place: string): unknown {
  const outermost: Place = { place, member: '', depth: 0 }
  return applyRules(ODD_BODIES, bodies, mutateBelow(body, values, outermost), outermost)
}

interface Place {
  readonly place: string
  readonly member: string
  readonly depth: number
}

/** From the leaves to the root, so that a value that is replaced as a whole may have changed inside before. */
function mutateBelow(value: unknown, rules: readonly Rule<OddValue>[], at: Place): unknown {
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => {
      const place = `${at.place}[${index}]`
      const odd = mutateMember(item, rules, { ...at, place, depth: at.depth + 1 })
      return odd === ABSENT ? null : odd
    })
  }
  if (!isObject(value)) return value
  const entries = Object.entries(value).map(([member, inner]): [string, unknown] => [
    member,
    mutateMember(inner, rules, { place: `${at.place}.${member}`, member, depth: at.depth + 1 }),
  ])
  return Object.fromEntries(entries.filter(([, inner]) => inner !== ABSENT))
}

function mutateMember(value: unknown, rules: readonly Rule<OddValue>[], at: Place): unknown {
  const below = mutateBelow(value, rules, at)
  // The outermost member is the wrapper, and has oddities of its own.
  if (at.depth === 1) return below
  return applyRules(ODD_VALUES, rules, below, at)
}

function applyRules<What extends string>(
  odds: Readonly<Record<What, Odd>>,
  rules: readonly Rule<What>[],
  value: unknown,
  { place, member }: Place,
): unknown {
  return rules.reduce<unknown>((before, rule) => {
    if (before === ABSENT || (rule.member !== undefined && rule.member !== member)) return before
    const chance = hash(`${rule.what} ${rule.mark} ${place}`)
    if (chance % rule.oneIn !== 0) return before
    const pick = <Item>(items: readonly Item[]): Item => {
      const picked = items[Math.floor(chance / rule.oneIn) % items.length]
      return picked as Item
    }
    return odds[rule.what](before, member, pick)
  }, value)
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let sum = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193) >>> 0
  }
  // Its low bits are not random enough.
  return (sum ^ (sum >>> 15)) >>> 0
}

const ruleOf = <What extends string>(odds: object, oneIn: readonly number[]): fc.Arbitrary<Rule<What>> =>
  fc.record({
    what: fc.constantFrom(...(Object.keys(odds) as What[])),
    oneIn: fc.constantFrom(...oneIn),
    mark: fc.nat(99),
  })

/** Anything that can be odd. */
export const anyPlan: fc.Arbitrary<Plan> = fc.record({
  values: fc.array(ruleOf<OddValue>(ODD_VALUES, [2, 7, 30, 100]), { maxLength: 5 }),
  bodies: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc.array(ruleOf<OddBody>(ODD_BODIES, [2, 5, 10]), { minLength: 1, maxLength: 2 }),
    },
  ),
})

/** Oddities that write the same content in another form, or add content. */
export const harmlessPlan: fc.Arbitrary<Plan> = fc.record({
  values: fc.array(ruleOf<OddValue>(HARMLESS_VALUES, [1, 2, 5]), { minLength: 1, maxLength: 6 }),
  bodies: fc.constant([]),
})

/** One oddity of all members of one name. */
export const planOfMember = (members: readonly string[]): fc.Arbitrary<Plan> =>
  fc
    .record({ rule: ruleOf<OddValue>(ODD_VALUES, [1, 3]), member: fc.constantFrom(...members) })
    .map(({ rule, member }) => ({ values: [{ ...rule, member }], bodies: [] }))
