// Folds text for comparison. Case, accents and forms of letters do not count; a word is a row of letters and digits.

/** Letters that Unicode cannot divide into a letter and a mark. */
const LETTERS: Readonly<Record<string, string>> = {
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ħ: 'h',
  ς: 'σ',
}

/** What Aurora shows of a member is shorter; a text of megabytes must not fill the index. */
const MAX_CHARS = 1000
/** A longer word is found by its beginning. */
const MAX_WORD_CHARS = 64

/** The same text for `Müller`, `MULLER` and `Mu\u0308ller`; `ß` is `ss`. */
export function foldText(text: string): string {
  const short = text.length > MAX_CHARS ? text.slice(0, MAX_CHARS) : text
  if (ORDINARY.test(short)) return short.toLowerCase()
  return (
    short
      .normalize('NFKD')
      // One character may become eighteen.
      .slice(0, MAX_CHARS)
      .replace(/\p{M}+/gu, '')
      // In capitals `ß` and `ﬁ` are two letters.
      .toUpperCase()
      .toLowerCase()
      .replace(/[øłđðþæœħς]/g, (letter) => LETTERS[letter] ?? letter)
  )
}

/** Most texts have letters without marks only: nothing is to be taken apart. */
const ORDINARY = /^[\x20-\x7e]*$/

/** The words of a text, folded. `O'Brien` is found as `obrien`, `o` and `brien`. */
export function addWords(words: Set<string>, text: string): void {
  const hasNone = !APOSTROPHE.test(text)
  // Some are letters to Unicode, and others become a space and a mark.
  addParts(words, foldText(hasNone ? text : text.replace(APOSTROPHES, "'")))
  if (!hasNone) addParts(words, foldText(text.replace(APOSTROPHES, '')))
}

/** The words of a search; a name with an apostrophe is one word. */
export function readSearch(text: string): readonly string[] {
  const words = new Set<string>()
  addParts(words, foldText(text.replace(APOSTROPHES, '')))
  // A word that begins another one adds no condition.
  return [...words].filter((word) => ![...words].some((other) => other !== word && other.startsWith(word)))
}

/** A text has some hundred characters, and an index some million: a regular expression takes ten times as long. */
function addParts(words: Set<string>, folded: string): void {
  let from = -1
  for (let at = 0; at <= folded.length; at += 1) {
    const isInWord = at < folded.length && isOfWord(folded, at)
    if (isInWord && from === -1) from = at
    if (isInWord || from === -1) continue
    words.add(folded.slice(from, Math.min(at, from + MAX_WORD_CHARS)))
    from = -1
  }
}

function isOfWord(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  if (code < FIRST_BEYOND_ASCII) return (code >= 97 && code <= 122) || (code >= 48 && code <= 57)
  // The second half of a character has the kind of its first half.
  if (code >= 0xdc00 && code <= 0xdfff && at > 0) return isLetter(text.codePointAt(at - 1) ?? 0)
  return isLetter(text.codePointAt(at) ?? 0)
}

const FIRST_BEYOND_ASCII = 128

/**
 * The kind of each 16-bit character, once it was needed: a Unicode expression takes a hundred times as long as a
 * look-up.
 */
const KNOWN = new Uint8Array(0x10000)
const LETTER = 1
const OTHER = 2

function isLetter(codePoint: number): boolean {
  const known = KNOWN[codePoint]
  if (known === undefined) return isOfLetters(codePoint)
  if (known === 0) KNOWN[codePoint] = isOfLetters(codePoint) ? LETTER : OTHER
  return KNOWN[codePoint] === LETTER
}

const isOfLetters = (codePoint: number): boolean => /[\p{L}\p{N}]/u.test(String.fromCodePoint(codePoint))

/**
 * The characters that people type as an apostrophe: the quotation marks ‘ and ’, the letter U+02BC, the accents, the
 * prime, and the wide one.
 */
const APOSTROPHE = /['’‘ʼ`´′＇]/
const APOSTROPHES = /['’‘ʼ`´′＇]/g
