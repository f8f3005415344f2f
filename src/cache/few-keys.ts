// Texts under one name: most often one alone, for which a set would take more memory than what it names.
export type Keys = string | Set<string>

export function withKey(keys: Keys | undefined, key: string): Keys {
  if (keys === undefined || keys === key) return key
  return keys instanceof Set ? keys.add(key) : new Set([keys, key])
}

/** Undefined where none is left. */
export function withoutKey(keys: Keys | undefined, key: string): Keys | undefined {
  if (!(keys instanceof Set)) return keys === key ? undefined : keys
  keys.delete(key)
  return keys.size > 0 ? keys : undefined
}

export function listKeys(keys: Keys | undefined): readonly string[] {
  if (keys === undefined) return NONE
  return keys instanceof Set ? [...keys] : [keys]
}

const NONE: readonly string[] = []
