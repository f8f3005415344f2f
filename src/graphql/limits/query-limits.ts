// The limits of a document and its variables, each with its reason. They are checked before any work is done.

/** The limits that settings can change, for a team with larger screens; the others are fixed. */
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

/** The measured figures of a document or its variables. */
export type Measured = Partial<Record<keyof QueryLimits, number>>

export const FIXED_LIMITS = {
  /** Each root field may be a whole screen; no client shows twenty at once. */
  rootFields: 20,
  /** Screens use `@include` and `@skip` for their optional parts. */
  directives: 20,
  /** A list of ids may cost one call per id. Lists of numbers are exempt: they are measurements (8,760 a year). */
  listLength: 100,
  /** Levels of objects and lists in variables and extensions; the deepest input of the schema has six. */
  nesting: 20,
} as const satisfies Omit<QueryLimits, keyof ConfiguredLimits>

/** A router adds `__typename` and keys to each level, and names in the answer to each field. */
const OF_ROUTER = 2

/**
 * A router joins what several of its users' fields need in one operation, with an alias for each root field, and
 * objects of other subgraphs in lists of hundreds. So the calls of such an operation are limited only by
 * MAX_PLANNED_CALLS, and its work only by the limit of all fields.
 */
export const limitsOfRouter = (limits: QueryLimits, listLength: number): QueryLimits => ({
  ...limits,
  tokens: limits.tokens * OF_ROUTER,
  depth: limits.depth + 1,
  fields: limits.fields * OF_ROUTER,
  aliases: limits.fields * OF_ROUTER,
  rootFields: limits.fields * OF_ROUTER,
  directives: limits.fields * OF_ROUTER,
  listLength,
})

const WORDS: Readonly<Record<keyof QueryLimits, (limit: number) => string>> = {
  tokens: (limit) => `A document may have ${limit} tokens.`,
  depth: (limit) => `An operation may be ${limit} levels deep.`,
  fields: (limit) => `An operation may have ${limit} fields. A fragment counts each time it is spread.`,
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

/** Returns the first figure above its limit, in the order of the table; null if there is none. */
export function findExcess(measured: Measured, limits: QueryLimits): Excess | null {
  for (const name of Object.keys(WORDS) as (keyof QueryLimits)[]) {
    const actual = measured[name] ?? 0
    const limit = limits[name]
    if (actual > limit) return { message: WORDS[name](limit), limit, actual }
  }
  return null
}
