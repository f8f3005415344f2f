// A column for filters: each row has the number of its value, or of its set of values.
import { grown } from './growing.ts'

export interface ValueColumn {
  /** Null: the row does not show the member. */
  set(slot: number, values: readonly string[] | null): void
  /** Clears the bits of the rows that have none of the values. */
  keep(bits: Uint8Array, wanted: readonly string[]): void
  /** How many rows do not show the member, so that it is unknown whether they match. */
  countUnknown(): number
  clear(slot: number): void
  /** Forgets values that no row has. `count` is the number of slots. */
  compact(count: number): void
  bytes(): number
}

const UNKNOWN = 0
/** Map entry and array entry of one value, and the head of its text. */
const BYTES_OF_VALUE = 96

export function createValueColumn(): ValueColumn {
  let codes = new Uint32Array(0)
  let sets = createSets()
  let unknown = 0

  return {
    set(slot, values) {
      codes = grown(codes, slot + 1)
      const code = values === null ? UNKNOWN : sets.codeOf(values)
      if (code === UNKNOWN) unknown += 1
      codes[slot] = code
    },
    clear(slot) {
      if (codes[slot] === UNKNOWN) unknown -= 1
      codes[slot] = UNKNOWN
    },
    keep(bits, wanted) {
      const marks = sets.mark(wanted)
      // Local variables, and a product instead of a branch, because this loop takes most of the time of a question.
      const ofRows = codes
      for (let slot = 0; slot < bits.length; slot += 1)
        bits[slot] = (bits[slot] as number) & (marks[ofRows[slot] as number] as number)
    },
    countUnknown: () => unknown,
    compact(count) {
      const before = sets
      const moved = new Map<number, number>()
      sets = createSets()
      for (let slot = 0; slot < count; slot += 1) {
        const code = codes[slot] ?? UNKNOWN
        if (code === UNKNOWN) continue
        const known = moved.get(code) ?? sets.codeOf(before.valuesOf(code))
        moved.set(code, known)
        codes[slot] = known
      }
    },
    bytes: () => codes.byteLength + sets.bytes(),
  }
}

/** Numbers for sets of values, from 1. Most sets have one value. */
function createSets() {
  const known = new Map<string, number>()
  const sets: (readonly string[])[] = [[]]
  /** The sets of several values, by each of their values. */
  const larger = new Map<string, number[]>()
  let bytes = 0

  function add(name: string, values: readonly string[]): number {
    const code = sets.length
    sets.push(values)
    known.set(name, code)
    bytes += BYTES_OF_VALUE + name.length
    if (values.length > 1)
      for (const value of values) {
        const others = larger.get(value)
        if (others) others.push(code)
        else larger.set(value, [code])
        bytes += BYTES_OF_VALUE
      }
    return code
  }

  return {
    codeOf(values: readonly string[]): number {
      const name = nameOf(values)
      return known.get(name) ?? add(name, values)
    },
    valuesOf: (code: number): readonly string[] => sets[code] ?? [],
    /** One for each set that has one of the values, by its number. */
    mark(wanted: readonly string[]): Uint8Array {
      const marks = new Uint8Array(sets.length)
      for (const value of wanted) {
        const alone = known.get(nameOf([value]))
        if (alone !== undefined) marks[alone] = 1
        for (const code of larger.get(value) ?? []) marks[code] = 1
      }
      return marks
    },
    bytes: () => bytes,
  }
}

/** A value may contain any separator. */
const nameOf = (values: readonly string[]): string =>
  values.length === 1 ? `1${values[0]}` : JSON.stringify(values)
