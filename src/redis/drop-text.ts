// The text of a drop in the log. Objects that were touched alike share the names of their operations, because a flood touches hundreds.
import * as z from 'zod'
import { isReadOperation, READS } from '../aurora/reads.ts'
import type { ReadOperation } from '../aurora/reads.ts'
import type { Touch } from '../cache/invalidation.ts'
import { factsSchema } from '../cache/proof-facts.ts'
import type { ProofFacts } from '../cache/proof-facts.ts'
import type { TouchGroup } from '../cache/touch-set.ts'
import type { Ids } from '../rest/call.ts'
import { SCOPE_KEY, TENANT_KEY } from '../rest/scope.ts'
import type { Owner } from '../rest/scope.ts'

export interface MovedPage {
  readonly operation: ReadOperation
  readonly path: Ids
  readonly query: Ids
  /** How long before the publication the call was sent whose answer shows the move. An older version leaves it out. */
  readonly askedAgoMs?: number | undefined
}

/** What a write of one scope, or events at Aurora for all scopes of a tenant, have made outdated. */
export interface Drop {
  readonly owner: Owner
  readonly touches: readonly Touch[]
  /** Pages of lists that are older than a change of the page before them, for one scope. */
  readonly moved?: readonly MovedPage[] | undefined
  /** The facts in it about the arrival of webhooks. */
  readonly facts?: ProofFacts | undefined
}

/** The same with its touches in groups. */
export interface GroupedDrop extends Omit<Drop, 'touches'> {
  readonly groups: Iterable<TouchGroup>
}

/** How objects were touched: by these operations, found by ids of these names. */
type Form = readonly [operations: readonly ReadOperation[], names: readonly string[]]
/** The number of the form, the ids in its order of names, and for an object of a list one more id: `of` of its touches. */
type Row = readonly [form: number, ...ids: string[]]

export function writeDrop({ owner, groups, moved = [], facts }: GroupedDrop): string {
  const forms: Form[] = []
  const numbers = new Map<string, number>()
  const rows: Row[] = []
  for (const { path, of, operations } of groups) {
    const names = Object.keys(path)
    const key = `${operations.join()} ${names.join()}`
    const known = numbers.get(key)
    const form = known ?? forms.push([operations, names]) - 1
    if (known === undefined) numbers.set(key, form)
    const ids = Object.values(path)
    rows.push(of === undefined ? [form, ...ids] : [form, ...ids, of])
  }
  return JSON.stringify({ owner, forms, rows, ...(moved.length > 0 && { moved }), facts })
}

const operationSchema = z.string().refine((name) => Object.hasOwn(READS, name))
const idsSchema = z.record(z.string(), z.string())

const dropSchema = z.object({
  owner: z.string().refine((owner) => SCOPE_KEY.test(owner) || TENANT_KEY.test(owner)),
  /** By older versions: each touch by itself. */
  touches: z
    .array(z.object({ operation: operationSchema, path: idsSchema, of: z.string().optional() }))
    .optional(),
  forms: z.unknown().optional(),
  rows: z.unknown().optional(),
  moved: z
    .array(
      z.object({
        operation: operationSchema,
        path: idsSchema,
        query: idsSchema,
        askedAgoMs: z.number().nonnegative().optional(),
      }),
    )
    .optional(),
  facts: factsSchema.optional(),
})

/** Null if it cannot be understood, for example because a newer version has written it. */
export function readDrop(text: string): Drop | null {
  try {
    const { forms, rows, touches, ...rest } = dropSchema.parse(JSON.parse(text))
    const found = touches ?? readRows(rows, readForms(forms))
    return found && ({ touches: found, ...rest } as unknown as Drop)
  } catch {
    return null
  }
}

function readForms(value: unknown): readonly Form[] | null {
  if (!Array.isArray(value)) return null
  const forms = value.filter(isForm)
  return forms.length === value.length ? forms : null
}

function isForm(value: unknown): value is Form {
  if (!Array.isArray(value) || value.length !== 2) return false
  const [operations, names] = value as unknown[]
  return (
    Array.isArray(operations) && operations.every(isOperation) && Array.isArray(names) && names.every(isText)
  )
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isOperation = (value: unknown): value is ReadOperation => isText(value) && isReadOperation(value)

/** Ten times what a replica writes. More are refused, because a short text can stand for millions of touches. */
const MAX_TOUCHES = 8000

/** Checked by hand: a schema would take several times as long, and there are thousands in a second. */
function readRows(value: unknown, forms: readonly Form[] | null): readonly Touch[] | null {
  if (!Array.isArray(value) || forms === null) return null
  const touches: Touch[] = []
  for (const row of value as readonly unknown[]) if (!addRow(touches, row, forms)) return null
  return touches
}

function addRow(touches: Touch[], row: unknown, forms: readonly Form[]): boolean {
  if (!Array.isArray(row)) return false
  const form = forms[row[0] as number]
  if (form === undefined) return false
  const [operations, names] = form
  const path: Record<string, string> = {}
  for (const [index, name] of names.entries()) {
    const id: unknown = row[index + 1]
    if (!isText(id)) return false
    path[name] = id
  }
  const of: unknown = row[names.length + 1]
  if (of !== undefined && !isText(of)) return false
  for (const operation of operations)
    touches.push(of === undefined ? { operation, path } : { operation, path, of })
  return row.length <= names.length + 2 && touches.length <= MAX_TOUCHES
}
