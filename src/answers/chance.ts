// Decides how many texts are made of a selection: many if they are shown again, few if they are not.

export interface Chance {
  readonly id: number
  /** The credit for making texts. If it is used up, objects pass without a text until there is credit again. */
  credit: number
}

/** The chances that one request has begun to use. */
export type Begun = Set<Chance>

/**
 * The price of one text. Each object that passes without a text earns 1: so 64 texts are made in each thousand objects.
 */
const PRICE = 16
const FIRST_CREDIT = 64 * PRICE
const MAX_CREDIT = 1024 * PRICE
/** A request may make this many texts beyond its credit. */
const MAX_DEBT = 1024 * PRICE
const BY_PASSING = 1
const BY_USE = 2 * PRICE
/** The price of a failure: an object that cannot be shown again now will probably not be soon. */
const BY_FAILURE = 16 * PRICE

export const createChance = (id: number, isWorthIt: boolean): Chance => ({
  id,
  credit: isWorthIt ? FIRST_CREDIT : -Infinity,
})

export function noteShown(chance: Chance): void {
  chance.credit = Math.min(chance.credit + BY_USE, MAX_CREDIT)
}

/**
 * Whether a text may be made. A request that has begun to make texts goes on, so that the next request can show all
 * objects of a long list: only this shows whether the texts are of use.
 */
export function spend(chance: Chance, begun: Begun): boolean {
  if (chance.credit > 0) begun.add(chance)
  else if (chance.credit <= -MAX_DEBT) begun.delete(chance)
  const isOpen = begun.has(chance)
  if (isOpen) charge(chance, PRICE)
  else pass(chance)
  return isOpen
}

export function noteFailure(chance: Chance, begun: Begun): void {
  charge(chance, BY_FAILURE)
  if (chance.credit <= 0) begun.delete(chance)
}

/** A debt has to be earned before more texts are made. */
function charge(chance: Chance, price: number): void {
  const before = chance.credit
  chance.credit -= price
  if (before > 0 && chance.credit <= 0) chance.credit -= FIRST_CREDIT
}

function pass(chance: Chance): void {
  chance.credit += BY_PASSING
  if (chance.credit === 0) chance.credit = FIRST_CREDIT
}
