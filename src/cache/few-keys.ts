// Texts under one name. There is often only one, for which a set would take more memory than the text itself.
export type Keys = string | Set<string>

export function withKey(keys: Keys | undefined, key: string): Keys {
  if (keys === undefined || keys === key) return key
  return keys instanceof Set ? keys.add(key) : new Set([keys, key])
}

/** Undefined if none is left. */
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
