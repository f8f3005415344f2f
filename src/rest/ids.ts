// Checks ids before they go into addresses.
import { GatewayError } from '../errors/errors.ts'

/**
 * Ids go into paths, where `.`, `..`, slashes, percent signs and line ends would change the address. Aurora's ids are
 * UUIDs today; it reserves the right to change form and length, so everything that RFC 3986, 2.3, allows in a path
 * unescaped is accepted, as long as it begins with a letter or digit.
 */
const SAFE_ID = /^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/

export const isSafeId = (id: string): boolean => SAFE_ID.test(id)

/** Throws BAD_USER_INPUT for an id that must not be put into a URL. */
export function assertSafeId(id: string): void {
  if (!isSafeId(id)) {
    throw new GatewayError(
      'BAD_USER_INPUT',
      'An id is 1 to 128 letters, digits, "-", "_", "." or "~", and begins with a letter or digit.',
    )
  }
}

/** The same for an id that came from Aurora: throws UPSTREAM_INVALID, because no client could correct it. */
export function assertUsableId(id: string): void {
  if (!isSafeId(id)) throw new GatewayError('UPSTREAM_INVALID', 'Aurora sent an id that no address can hold.')
}
