// Gives each part of a system its maker. Aurora spells the member differently, or has it only in the bill of materials.
import { isMembers } from '../aurora/body.ts'
import type { Members } from '../aurora/body.ts'
import { merge } from '../merge.ts'
import { inEach, inMember, readItems } from './items.ts'
import type { Reader } from './items.ts'

/** The names of this member in different answers. */
const SPELLINGS = ['manufacturer', 'manufacturer_name', 'maker'] as const

/** The name of the member in our types. */
type MakerMember = 'manufacturer' | 'manufacturer_name'

type FindMaker = (part: Members) => unknown

const isGiven = (value: unknown): boolean =>
  value !== undefined && value !== null && !(typeof value === 'string' && value.trim() === '')

const makerOf: FindMaker = (part) => {
  for (const name of SPELLINGS) if (isGiven(part[name])) return part[name]
  return undefined
}

/**
 * The maker under the name `member`: in any spelling, otherwise the one that `find` returns. Null if a spelling is
 * null.
 */
export const withMaker =
  (member: MakerMember, find: FindMaker = findNothing): Reader =>
  (part) => {
    if (isGiven(part[member])) return part
    const maker = makerOf(part) ?? find(part)
    if (maker !== undefined) return merge(part, { [member]: maker })
    return isSpelt(part) ? { [member]: null, ...part } : part
  }

function isSpelt(part: Members): boolean {
  for (const name of SPELLINGS) if (Object.hasOwn(part, name)) return true
  return false
}

/** Lists of devices in a summary. */
const DEVICES = ['string_inverters', 'storage_inverters', 'batteries'] as const
/** Parts of each of its arrays. */
const PARTS_OF_ARRAY = ['module', 'microinverter', 'dc_optimizer'] as const

/** 2024.05 leaves out the maker in `arrays` if the bill of materials of the same summary names it. */
export function withMakersOfSummary(summary: Members): Members {
  if (namesNoMaker(summary)) return summary
  let findInAll: FindMaker | null = null
  // If each part names its own maker, nothing is searched.
  const find: FindMaker = (part) => (findInAll ??= findAmong(partsOf(summary)))(part)
  const readPart = withMaker('manufacturer', find)
  let read = inEach('bill_of_materials', withMaker('manufacturer_name', find))(summary)
  for (const name of DEVICES) if (name in read) read = inEach(name, readPart)(read)
  return inEach('arrays', (array) => withMakersOfArray(array, readPart))(read)
}

/** Whether no part names a maker, so that there is none to find. A list that is a text has to be parsed in any case. */
function namesNoMaker(summary: Members): boolean {
  const { bill_of_materials: bill, arrays } = summary
  if (hasSpelt(bill) || DEVICES.some((name) => hasSpelt(summary[name]))) return false
  if (!Array.isArray(arrays)) return arrays === undefined || arrays === null
  for (const array of arrays as readonly unknown[])
    for (const name of PARTS_OF_ARRAY)
      if (isMembers(array) && isMembers(array[name]) && isSpelt(array[name])) return false
  return true
}

/** Whether an item names its maker, or the list is still a text. */
function hasSpelt(list: unknown): boolean {
  if (!Array.isArray(list)) return list !== undefined && list !== null
  for (const part of list as readonly unknown[]) if (isMembers(part) && isSpelt(part)) return true
  return false
}

function withMakersOfArray(array: Members, readPart: Reader): Members {
  let read = array
  for (const name of PARTS_OF_ARRAY) if (name in read) read = inMember(name, readPart)(read)
  return read
}

function partsOf(summary: Members): readonly Members[] {
  const parts: Members[] = []
  const add = (part: unknown): void => void (isMembers(part) && parts.push(part))
  readItems(summary['bill_of_materials'])?.forEach(add)
  for (const name of DEVICES) readItems(summary[name])?.forEach(add)
  for (const array of readItems(summary['arrays']) ?? [])
    if (isMembers(array)) for (const name of PARTS_OF_ARRAY) add(array[name])
  return parts
}

/**
 * Finds the maker of a part by its id. The name is used only if one of the two parts has no id, because two components
 * may have the same name. A name with two makers finds none, because no maker is better than a wrong one.
 */
function findAmong(all: readonly Members[]): FindMaker {
  const parts = all.filter((part) => makerOf(part) !== undefined)
  if (parts.length === 0) return findNothing
  const byId = new Map<string, unknown>()
  const byName = new Map<string, unknown>()
  const byNameAlone = new Map<string, unknown>()
  for (const part of parts) {
    const maker = makerOf(part)
    const id = keyOf(part['id'])
    addUnlessTwo(byId, id, maker)
    addUnlessTwo(byName, keyOf(part['name']), maker)
    if (id === null) addUnlessTwo(byNameAlone, keyOf(part['name']), maker)
  }
  return (part) => {
    const id = keyOf(part['id'])
    const name = keyOf(part['name']) ?? ''
    return (id === null ? byName.get(name) : (byId.get(id) ?? byNameAlone.get(name))) ?? undefined
  }
}

const findNothing: FindMaker = () => undefined

function addUnlessTwo(makers: Map<string, unknown>, key: string | null, maker: unknown): void {
  if (key === null) return
  makers.set(key, makers.has(key) && makers.get(key) !== maker ? null : maker)
}

const keyOf = (value: unknown): string | null =>
  (typeof value === 'string' || typeof value === 'number') && isGiven(value)
    ? String(value).trim().toLowerCase()
    : null
