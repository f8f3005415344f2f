// Puts values of an earlier answer into the places of a later one that were refused for a time, where both have the same objects.
import { limitedOf } from './limited.ts'
import type { AnswerError } from './limited.ts'

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null

/** `data` itself is not changed. Errors stay as they are: the caller decides what to show beside an old value. */
export function keepKnown<Data>(
  data: Data,
  errors: readonly AnswerError[] | undefined,
  known: unknown,
): Data {
  let filled: unknown = data
  for (const error of errors ?? [])
    // Without a path all of the answer was refused.
    if (limitedOf([error])) filled = fill(filled, known, error.path ?? [])
  return filled as Data
}

function fill(value: unknown, known: unknown, path: readonly (string | number)[]): unknown {
  const [step, ...rest] = path
  if (value === null || value === undefined) return known ?? value
  if (step === undefined || !isFields(value) || !isFields(known) || !areSame(value, known)) return value
  const before = value[step as keyof typeof value]
  const after = fill(before, knownAt(step, before, known), rest)
  if (after === before) return value
  if (!Array.isArray(value)) return { ...value, [step]: after }
  return value.map((item: unknown, index) => (index === step ? after : item))
}

/** Items are matched by id, because an item may have moved to another place of its list. One without an id keeps no old value. */
function knownAt(step: string | number, value: unknown, known: Fields): unknown {
  if (!Array.isArray(known)) return known[step]
  const id = idOf(value)
  return id === undefined ? undefined : known.find((item) => idOf(item) === id)
}

/** The edge of a connection has the id of its node. */
function idOf(value: unknown): unknown {
  return isFields(value) ? (value['id'] ?? idOf(value['node'])) : undefined
}

const areSame = (one: Fields, other: Fields): boolean => idOf(one) === idOf(other)
