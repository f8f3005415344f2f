// The words of each row, as numbers, and a sorted dictionary: the words that begin with a text are neighbours in it.
import { countWhere, grown, withSorted } from './growing.ts'

export interface WordColumn {
  set(slot: number, words: Iterable<string>): void
  clear(slot: number): void
  /** To be called after rows were set, before rows are searched for. */
  flush(): void
  /** Clears the bits of the rows that lack a word with one of these beginnings. At most `MAX_BEGINNINGS`. */
  keep(bits: Uint8Array, beginnings: readonly string[]): void
  /** Forgets words that no row has. `count` is the number of slots. */
  compact(count: number): void
  bytes(): number
}

/** One bit for each in the marks of a word. */
export const MAX_BEGINNINGS = 16
/** A row with more words is found by the first ones. */
const MAX_WORDS = 64
/** Map entry, array entries, and the head of the text. */
const BYTES_OF_WORD = 96

export function createWordColumn(): WordColumn {
  let lists = createLists()
  let dictionary = createDictionary()

  return {
    set(slot, given) {
      const codes: number[] = []
      for (const word of given) {
        if (codes.length === MAX_WORDS) break
        codes.push(dictionary.codeOf(word))
      }
      lists.put(slot, codes)
    },
    clear: (slot) => lists.clear(slot),
    flush: () => dictionary.sort(),
    keep(bits, beginnings) {
      if (beginnings.length > MAX_BEGINNINGS) throw new RangeError('more words than a word has bits for')
      lists.keep(bits, dictionary.mark(beginnings), 2 ** beginnings.length - 1)
    },
    compact(count) {
      const before = { lists, dictionary }
      lists = createLists()
      dictionary = createDictionary()
      for (let slot = 0; slot < count; slot += 1) {
        const codes = before.lists.of(slot)
        if (codes.length === 0) continue
        lists.put(
          slot,
          Array.from(codes, (code) => dictionary.codeOf(before.dictionary.wordOf(code))),
        )
      }
      dictionary.sort()
    },
    bytes: () => lists.bytes() + dictionary.bytes(),
  }
}

/** The words of all rows in one array, one row after the other. A row that is put again leaves its old words there. */
function createLists() {
  let words: Uint32Array = new Uint32Array(0)
  let end = 0
  /** Of each row: where its words begin, and how many there are. */
  let starts: Uint32Array = new Uint32Array(0)
  let counts: Uint8Array = new Uint8Array(0)

  return {
    put(slot: number, codes: readonly number[]): void {
      starts = grown(starts, slot + 1)
      counts = grown(counts, slot + 1)
      words = grown(words, end + codes.length)
      starts[slot] = end
      counts[slot] = codes.length
      words.set(codes, end)
      end += codes.length
    },
    clear(slot: number): void {
      if (slot < counts.length) counts[slot] = 0
    },
    of(slot: number): Uint32Array {
      const start = starts[slot] ?? 0
      return words.subarray(start, start + (counts[slot] ?? 0))
    },
    /** Clears the bits of the rows whose words do not have all of the marks together. */
    keep(bits: Uint8Array, marks: Uint16Array, all: number): void {
      for (let slot = 0; slot < bits.length; slot += 1) {
        if (bits[slot] === 0) continue
        const start = starts[slot] ?? 0
        const behind = start + (counts[slot] ?? 0)
        let found = 0
        for (let at = start; at < behind && found !== all; at += 1) found |= marks[words[at] ?? 0] ?? 0
        if (found !== all) bits[slot] = 0
      }
    },
    bytes: (): number => words.byteLength + starts.byteLength + counts.byteLength,
  }
}

function createDictionary() {
  const codes = new Map<string, number>()
  const words: string[] = []
  let sorted: Uint32Array = new Uint32Array(0)
  let chars = 0

  const wordOf = (code: number): string => words[code] ?? ''

  function add(word: string): number {
    const code = words.length
    words.push(word)
    codes.set(word, code)
    chars += word.length
    return code
  }

  return {
    codeOf: (word: string): number => codes.get(word) ?? add(word),
    wordOf,
    /** Sorts new words into the dictionary. */
    sort(): void {
      const added = Array.from({ length: words.length - sorted.length }, (_, index) => sorted.length + index)
      added.sort((one, other) => (wordOf(one) < wordOf(other) ? -1 : 1))
      sorted = withSorted(sorted, added, (one, other) => wordOf(one) < wordOf(other))
    },
    /** For each word, by its number: a bit for each of the beginnings that it has. */
    mark(beginnings: readonly string[]): Uint16Array {
      const marks = new Uint16Array(words.length)
      for (const [index, beginning] of beginnings.entries()) {
        const from = countWhere(sorted, (code) => wordOf(code) < beginning)
        for (let at = from; at < sorted.length; at += 1) {
          const code = sorted[at] ?? 0
          if (!wordOf(code).startsWith(beginning)) break
          marks[code] = (marks[code] ?? 0) | (1 << index)
        }
      }
      return marks
    },
    bytes: () => words.length * BYTES_OF_WORD + chars,
  }
}
