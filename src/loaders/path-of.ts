// The ids of a route, from the key of an object or of a list's parent.
import type { Endpoint } from '../aurora/endpoint.ts'
import type { Ids } from '../rest/call.ts'

/**
 * A key has the ids of the route in order, separated by slashes. If it has more than the route, the rest stays with the last
 * one, which is then refused as an id.
 */
export function pathOf({ parameters }: Endpoint, key: string): Ids {
  const [only] = parameters
  if (only === undefined) return {}
  if (parameters.length === 1) return { [only]: key }
  const ids = key.split('/')
  const last = parameters.length - 1
  return Object.fromEntries(
    parameters.map((name, index) => [name, index === last ? ids.slice(index).join('/') : (ids[index] ?? '')]),
  )
}
