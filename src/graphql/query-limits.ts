// What a document and its variables may be before anybody works on them: every figure with its reason.

/** The figures that a team with other screens may want to change; the others are fixed. */
export interface ConfiguredLimits {
  readonly tokens: number
  readonly depth: number
  readonly fields: number
  readonly aliases: number
}

export interface QueryLimits extends ConfiguredLimits {
  readonly rootFields: number
  readonly directives: number
  readonly listLength: number
  readonly nesting: number
}

/** One figure of a document or its variables, as it was found. */
export type Measured = Partial<Record<keyof QueryLimits, number>>

export const FIXED_LIMITS = {
  /** Each may be a whole screen; nobody shows twenty at once. */
  rootFields: 20,
  /** `@include` and `@skip` on optional parts of a screen. */
  directives: 20,
  /** A list of ids may cost a call for each. Numbers are measurements, a year of which has 8,760, and cost none. */
  listLength: 100,
  /** Of objects and lists in variables and extensions; the deepest input of the schema has six levels. */
  nesting: 20,
} as const satisfies Omit<QueryLimits, keyof ConfiguredLimits>

const WORDS: Readonly<Record<keyof QueryLimits, (limit: number) => string>> = {
  tokens: (limit) => `A document may have ${limit} tokens.`,
  depth: (limit) => `An operation may be ${limit} levels deep.`,
  fields: (limit) => `An operation may have ${limit} fields, with its fragments where they are spread.`,
  aliases: (limit) => `An operation may have ${limit} aliases.`,
  rootFields: (limit) => `An operation may have ${limit} fields at its root.`,
  directives: (limit) => `An operation may have ${limit} directives.`,
  listLength: (limit) => `A list may have ${limit} items, unless they are numbers.`,
  nesting: (limit) => `Variables and extensions may be ${limit} levels deep.`,
}

export interface Excess {
  readonly message: string
  readonly limit: number
  readonly actual: number
}

/** The first figure that is too large, in the order of the table; null where all are within their limits. */
export function findExcess(measured: Measured, limits: QueryLimits): Excess | null {
  for (const name of Object.keys(WORDS) as (keyof QueryLimits)[]) {
    const actual = measured[name] ?? 0
    const limit = limits[name]
    if (actual > limit) return { message: WORDS[name](limit), limit, actual }
  }
  return null
}
