// The usual folder for data that a restart needs, if STATE_DIR names none.
import { join } from 'node:path'

const NAME = 'aurora-graphql-gateway'

/** The usual places, the first that is set: systemd's, then that of the XDG Base Directory Specification. */
const PLACES: readonly (readonly [name: string, toPath: (value: string) => string])[] = [
  // systemd separates several with colons.
  ['STATE_DIRECTORY', (value) => value.split(':')[0] ?? value],
  ['XDG_STATE_HOME', (value) => join(value, NAME)],
  ['HOME', (value) => join(value, '.local', 'state', NAME)],
]

/** Undefined if the environment names no place, as for a service without a home. */
export function usualStateDir(env: Readonly<Record<string, string | undefined>>): string | undefined {
  for (const [name, toPath] of PLACES) {
    const value = env[name]
    // By the specification, relative paths are ignored.
    if (value?.startsWith('/')) return toPath(value)
  }
  return undefined
}
