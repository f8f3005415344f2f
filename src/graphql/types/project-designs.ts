// The designs of a project: filtered and sorted from the one list that is read anyway.
import { allThere, whenThere } from '../../turns/at-once.ts'
import type { Soon } from '../../turns/at-once.ts'
import { isMembers } from '../../aurora/body.ts'
import { readTimeMs } from '../../aurora/times.ts'
import { foldText } from '../../list-index/fold-text.ts'
import type { AuroraObject } from '../../loaders/aurora-object.ts'
import { builder } from '../builder.ts'
import { WITHOUT_INFO } from '../fields.ts'
import type { Row } from '../fields.ts'
import { createSortInput, hasAny, NumberRange } from '../list-arguments.ts'
import { asNumber, asText, take } from '../read-value.ts'
import type { Read } from '../read-value.ts'
import { refOf } from '../refs.ts'
import { MilestoneStage } from './design.ts'

const DesignFilter = builder.inputType('DesignFilterInput', {
  description: 'What designs have to match: all members that are given.',
  fields: (t) => ({
    milestone: t.field({
      type: [MilestoneStage.ref],
      description: 'Stages of the sale: one of them has to match, and an empty list matches nothing.',
    }),
    hasMilestone: t.boolean({ description: 'Whether a person has marked it at all.' }),
    systemSizeStc: t.field({
      type: NumberRange,
      description: 'DC power at standard test conditions, in W; a design without a size does not match.',
    }),
  }),
})

const DesignSort = createSortInput('designs', {
  typeName: 'Design',
  sorts: {
    CREATED_AT: 'When it was made.',
    NAME: 'Its name, without regard to case and accents.',
    SYSTEM_SIZE_STC: 'DC power at standard test conditions.',
  },
})

type Filter = typeof DesignFilter.$inferInput

export const projectDesigns =
  (description: string): Row<AuroraObject> =>
  (t) =>
    t.field({
      type: [refOf('design')],
      nullable: { list: true, items: false },
      description,
      args: {
        filter: t.arg({ type: DesignFilter, description: 'What the designs have to match.' }),
        sort: t.arg({
          type: DesignSort,
          description: 'Their order, equal ones as Aurora lists them; left out, as Aurora lists them.',
        }),
      },
      extensions: { operation: 'listDesigns', ...WITHOUT_INFO },
      resolve({ key }, { filter, sort }, { loaders }) {
        const all = loaders.read('listDesigns')(key)
        const isAsked = hasAny(filter) || hasAny(sort)
        // Imagined designs have no values, so it is unknown which of them match.
        const chosen =
          isAsked && !loaders.isDryRun ? whenThere(all, (designs) => choose(designs, { filter, sort })) : all
        return chosen as Soon<AuroraObject[]>
      },
    })

interface Asked {
  readonly filter: Filter | null | undefined
  readonly sort:
    { readonly by: string; readonly direction?: 'ASC' | 'DESC' | null | undefined } | null | undefined
}

function choose(designs: readonly AuroraObject[], { filter, sort }: Asked): Soon<readonly AuroraObject[]> {
  const matching = whenThere(allThere(designs.map((design) => isMatch(design, filter ?? {}))), (matches) =>
    designs.filter((_, index) => matches[index]),
  )
  return sort ? whenThere(matching, (found) => sortBy(found, sort.by, sort.direction === 'DESC')) : matching
}

/** A member that the list left out costs the read of its design, as it would if it were shown. */
function isMatch(
  design: AuroraObject,
  { milestone, hasMilestone, systemSizeStc: size }: Filter,
): Soon<boolean> {
  const isStage = given(milestone) || given(hasMilestone)
  return whenThere(isStage ? take(design, 'milestone', readStage) : null, (stage) => {
    if (given(milestone) && !milestone.some((each) => each === stage)) return false
    if (given(hasMilestone) && hasMilestone !== (stage !== null)) return false
    if (!hasAny(size)) return true
    return whenThere(
      take(design, 'system_size_stc', asNumber),
      (found) => found !== null && found >= (size?.from ?? -Infinity) && found < (size?.to ?? Infinity),
    )
  })
}

const given = <Value>(value: Value | null | undefined): value is Value =>
  value !== undefined && value !== null

/** Aurora sends an object with the stage, or the stage alone. An object without one is a mark all the same. */
const readStage: Read<string | null> = (value) => {
  const word: unknown = isMembers(value) ? value['milestone'] : value
  const text = word === undefined || word === null ? '' : asText(word)
  if (text.trim() !== '') return MilestoneStage.read(text)
  return isMembers(value) ? NO_STAGE : null
}

const NO_STAGE = ''

const SORTED: Readonly<Record<string, (design: AuroraObject) => Soon<string | number | null>>> = {
  CREATED_AT: (design) => take(design, 'created_at', (value) => numberOrNull(readTimeMs(value))),
  NAME: (design) => take(design, 'name', (value) => foldText(asText(value))),
  SYSTEM_SIZE_STC: (design) => take(design, 'system_size_stc', asNumber),
}

const numberOrNull = (number: number): number | null => (Number.isNaN(number) ? null : number)

function sortBy(
  designs: readonly AuroraObject[],
  by: string,
  isDescending: boolean,
): Soon<readonly AuroraObject[]> {
  const read = SORTED[by] ?? (() => null)
  return whenThere(allThere(designs.map(read)), (values) =>
    designs
      .map((design, index) => ({ design, value: values[index] ?? null }))
      .sort((one, other) => compare(one.value, other.value, isDescending))
      .map(({ design }) => design),
  )
}

/** A design without a value is last in both directions. */
function compare(one: string | number | null, other: string | number | null, isDescending: boolean): number {
  if (one === other) return 0
  if (one === null) return 1
  if (other === null) return -1
  return one < other === isDescending ? 1 : -1
}
