// Chance for the simulator: a seeded generator, so that the same seed always gives the same Aurora.

export interface Random {
  /** From 0 up to, never reaching, 1. */
  next(): number
  /** A whole number; both ends included. */
  int(min: number, max: number): number
  /** A number rounded to `digits` decimals. */
  between(min: number, max: number, digits?: number): number
  chance(probability: number): boolean
  pick<T>(list: readonly T[]): T
  shuffle<T>(list: readonly T[]): T[]
  /** A v4-shaped UUID. */
  uuid(): string
}

/**
 * The stream of one thing, named by its path, as in `createRandom(seed, 'project', 12)`. Every
 * thing has a stream of its own, so that data can be made at its first read, in any order, and is always the same.
 */
export function createRandom(seed: number, ...path: readonly (string | number)[]): Random {
  const next = createStream([seed, ...path].join('/'))
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))
  return {
    next,
    int,
    between: (min, max, digits = 2) => roundTo(min + next() * (max - min), digits),
    chance: (probability) => next() < probability,
    pick: (list) => itemAt(list, int(0, list.length - 1)),
    shuffle: (list) =>
      list
        .map((item) => ({ item, rank: next() }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ item }) => item),
    uuid: () => {
      const hex = [next(), next(), next(), next()].map((word) => toHex(word * 2 ** 32)).join('')
      const variant = '89ab'.charAt(int(0, 3))
      const last = `${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${last}`
    },
  }
}

/** Things with nothing but a name, each with an id of its own. */
export function named(seed: number, kind: string, names: readonly string[]) {
  return names.map((name) => ({ id: createRandom(seed, kind, name).uuid(), name }))
}

export function roundTo(value: number, digits: number): number {
  const scale = 10 ** digits
  return Math.round(value * scale) / scale
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

/** Like `list[index]`, but a missing item is a fault of the simulator, not a value. */
export function itemAt<T>(list: readonly T[], index: number): T {
  const item = list[index]
  if (item === undefined) throw new RangeError(`no item ${index} in a list of ${list.length}`)
  return item
}

/** sfc32: 128 bits of state, so that the streams of thousands of things do not meet; mulberry32 has only 32. */
function createStream(name: string): () => number {
  let a = hash(name, 0x9e3779b9)
  let b = hash(name, 0x243f6a88)
  let c = hash(name, 0xb7e15162)
  let counter = 1
  const next = (): number => {
    const mixed = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + mixed) | 0
    return (mixed >>> 0) / 2 ** 32
  }
  // Names that differ in one letter have similar first states. The author of sfc32 prescribes twelve rounds to part them.
  for (let round = 0; round < 12; round++) next()
  return next
}

/** FNV-1a, started from `basis` and finished with the mixer of MurmurHash3. */
function hash(text: string, basis: number): number {
  let value = basis
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return value ^ (value >>> 16)
}

function toHex(word: number): string {
  return Math.floor(word).toString(16).padStart(8, '0')
}
