// The errors of one execution, in the order in which they came: an error below a place that is already null is left out.
import type { GraphQLError } from 'graphql'

/** The path of a field or of an item, which is found by its identity; undefined: the whole answer. */
type Place = { readonly prev: Place | undefined } | undefined

export class Failures {
  readonly errors: GraphQLError[] = []
  readonly #nulled = new Set<Place>()

  /** `place` becomes null because of the error. */
  add(error: GraphQLError, place: Place): void {
    if (this.#isBelowNull(place)) return
    this.#nulled.add(place)
    this.errors.push(error)
  }

  #isBelowNull(place: Place): boolean {
    if (this.#nulled.size === 0) return false
    for (let each = place; each !== undefined; each = each.prev) if (this.#nulled.has(each)) return true
    return this.#nulled.has(undefined)
  }
}
