// How many texts may be made of a selection: many where they are shown again, few where they are not.

export interface Chance {
  readonly id: number
  /** What may be spent for texts; where it is none, objects pass until there is some again. */
  credit: number
}

/** What the texts of one request are made by: the chances that it has begun to use. */
export type Begun = Set<Chance>

/** What is spent for one text, and comes back with each object that passes without one: 64 objects in each thousand. */
const PRICE = 16
const FIRST_CREDIT = 64 * PRICE
const MAX_CREDIT = 1024 * PRICE
/** No request makes more texts beyond its credit. */
const MAX_DEBT = 1024 * PRICE
const BY_PASSING = 1
const BY_USE = 2 * PRICE
/** What cannot be shown as before now will not be in the next moment either. */
const BY_FAILURE = 16 * PRICE

export const createChance = (id: number, isWorthIt: boolean): Chance => ({
  id,
  credit: isWorthIt ? FIRST_CREDIT : -Infinity,
})

export function noteShown(chance: Chance): void {
  chance.credit = Math.min(chance.credit + BY_USE, MAX_CREDIT)
}

/**
 * Whether a text may be made. A request that has begun to make them goes on, so that of a long list all objects are shown by the next
 * one: only then it is known whether that brings anything.
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

/** Whoever has spent all of it waits for as long as it takes to earn it. */
function charge(chance: Chance, price: number): void {
  const before = chance.credit
  chance.credit -= price
  if (before > 0 && chance.credit <= 0) chance.credit -= FIRST_CREDIT
}

function pass(chance: Chance): void {
  chance.credit += BY_PASSING
  if (chance.credit === 0) chance.credit = FIRST_CREDIT
}
