// Executes the fields of objects, and shows their values. Available values are shown at once; a Join is made only if a
// value has to be awaited. The order of errors and the propagation of nulls are those of graphql-js.
import { getArgumentValues, GraphQLError } from 'graphql'
import type { GraphQLLeafType, GraphQLObjectType } from 'graphql'
import { AnswerObject } from '../exchange/answer-data.ts'
import type { KnownText } from '../exchange/answer-data.ts'
import { AnswerTooLargeError } from '../exchange/answer-too-large.ts'
import { executeAlone } from './alone.ts'
import { MEMORY } from './answer-size.ts'
import type { KnownObjects } from './known-objects.ts'
import { fail } from './fail.ts'
import { completeInTurn, isTakenAhead } from './in-turns.ts'
import type { Completers } from './in-turns.ts'
import { ignoreFailure, isThenable, Join, Later } from './join.ts'
import type { Complete } from './join.ts'
import { selectionOf } from './plan.ts'
import type { FieldPlan, SelectionPlan, Shape } from './plan.ts'
import { FieldRun, ItemRun } from './position.ts'
import type { Execution, Path } from './position.ts'
import { nameOfType, typeNamed } from './resolve-type.ts'

/** Returns the object, or a Join if a value is awaited; throws the error of a field that may not be null. */
export function executeFields(
  execution: Execution,
  { fields, textBytes, memoryBytes }: Omit<SelectionPlan, 'type'>,
  { source, path }: Place,
): unknown {
  const answer = new AnswerObject()
  let join: Join | null = null
  let text = textBytes
  for (const field of fields) {
    if (field.constant !== null) {
      answer[field.name] = field.constant
      continue
    }
    try {
      const completed = executeField(field, execution, source, path)
      if (completed instanceof Waiting) {
        join ??= new Join(answer)
        join.take(completed.run, completed.completed)
      } else {
        answer[field.name] = completed
        if (typeof completed === 'string') text += completed.length + TEXT_OF_QUOTES
      }
    } catch (error) {
      if (join && !(error instanceof AnswerTooLargeError)) return join.endWith(error)
      throw error
    }
  }
  // Counted once for all its members, because this code runs for every object and has to be quick.
  execution.size.add(text, memoryBytes)
  return join ?? answer
}

/** The second quotation mark is counted with the value. */
const TEXT_OF_QUOTES = 1

interface Place {
  readonly source: unknown
  readonly path: Path | undefined
}

/** Marks a field that has to wait for its value. */
class Waiting {
  readonly run: FieldRun
  readonly completed: Join | Later

  constructor(run: FieldRun, completed: Join | Later) {
    this.run = run
    this.completed = completed
  }
}

/** Returns the shown value, or what has to be awaited; throws if the object with the field cannot be shown. */
function executeField(
  field: FieldPlan,
  execution: Execution,
  source: unknown,
  path: Path | undefined,
): unknown {
  let run: FieldRun | null = null
  try {
    let value: unknown
    if (field.needsInfo || execution.runResolver !== null) {
      run = new FieldRun(field, execution, path)
      value = resolve(run, source)
    } else value = resolveWithoutInfo(field, execution, source)
    // Most values are of this kind; a place in the answer is made only for the others.
    if (value === null && !field.shape.isNonNull) return null
    if (field.leaf !== null && isPlain(value)) {
      const shown: unknown = field.leaf.serialize(value)
      if (isPlain(shown)) return shown
      if (shown === null || shown === undefined) throw notShown(field.leaf, shown)
      if (!isThenable(shown)) return shown
      run ??= new FieldRun(field, execution, path)
      return new Waiting(run, new Later(shown, (_position, late) => late))
    }
    run ??= new FieldRun(field, execution, path)
    const completed = isThenable(value) ? awaited(run, value) : completeInTurn(run, value, COMPLETE)
    return completed instanceof Join || completed instanceof Later ? new Waiting(run, completed) : completed
  } catch (thrown) {
    return fail(run ?? new FieldRun(field, execution, path), thrown)
  }
}

/** The value is not missing and no object, so it has no `then` and is no error. */
const isPlain = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

/** Most fields show a member of their object and use no `info`, so none is made for them. */
function resolveWithoutInfo(field: FieldPlan, execution: Execution, source: unknown): unknown {
  const resolveField = field.resolve as (source: unknown, args: unknown, context: unknown) => unknown
  return resolveField(source, field.args ?? argumentsOf(field, execution), execution.contextValue)
}

function resolve(run: FieldRun, source: unknown): unknown {
  const { field, execution } = run
  const { runResolver, contextValue } = execution
  const args = field.args ?? argumentsOf(field, execution)
  return runResolver
    ? runResolver(run, () => field.resolve(source, args, contextValue, run))
    : field.resolve(source, args, contextValue, run)
}

/** The same for each object of a list. */
function argumentsOf(
  field: FieldPlan,
  { args, variableValues }: Execution,
): Readonly<Record<string, unknown>> {
  const known = args.get(field)
  if (known) return known
  const [node] = field.nodes
  if (!node) return {}
  const read = Object.freeze(getArgumentValues(field.definition, node, variableValues))
  args.set(field, read)
  return read
}

function awaited(run: FieldRun, promised: PromiseLike<unknown>): Later {
  const isTaken = isTakenAhead(run)
  return new Later(promised, isTaken ? completePosition : completeLate)
}

const completePosition: Complete = (run, value) => completeField(run as FieldRun, value)
const completeLate: Complete = (run, value) => completeInTurn(run as FieldRun, value, COMPLETE_LATE)

const completeField = (run: FieldRun, value: unknown): unknown =>
  completeValue(run.field.shape, run, run, value)

/** `path` is that of the value: the field itself, or an item of its list. */
function completeValue(shape: Shape, run: FieldRun, path: Path, value: unknown): unknown {
  if (value === null || value === undefined) {
    if (!shape.isNonNull) return null
    throw new Error(`Cannot return null for non-nullable field ${run.parentType.name}.${run.fieldName}.`)
  }
  if (value instanceof Error) throw value
  switch (shape.kind) {
    case 'leaf':
      return completeLeaf(shape.type, value)
    case 'object':
      return completeObject(shape.type, run, path, value)
    case 'list':
      return completeList(shape.item, run, path, value)
    case 'abstract': {
      const { type } = shape
      const name = nameOfType(type, value, run)
      const complete = (found: unknown): unknown =>
        completeObject(typeNamed(found, type, run), run, path, value)
      return isThenable(name) ? new Later(name, (_position, late) => complete(late)) : complete(name)
    }
  }
}

function completeLeaf(type: GraphQLLeafType, value: unknown): unknown {
  const shown: unknown = type.serialize(value)
  if (shown === null || shown === undefined) throw notShown(type, shown)
  return isThenable(shown) ? new Later(shown, (_position, late) => late) : shown
}

const notShown = (type: GraphQLLeafType, shown: null | undefined): Error =>
  new Error(`Expected \`${type.name}.serialize\` to return non-nullable value, returned: ${String(shown)}`)

function completeObject(type: GraphQLObjectType, run: FieldRun, path: Path, source: unknown): unknown {
  const { execution, field } = run
  const { plan, variableValues } = execution
  const selection =
    field.last?.type === type ? field.last : selectionOf(plan, { field, type, variableValues })
  if (!type.isTypeOf) {
    const text = execution.known && showKnown(execution, execution.known, { selection, source, path })
    if (!text) return executeFields(execution, selection, { source, path })
    // One sign of the text is counted with the object around it.
    execution.size.add(text.text.length - 1, 0)
    return text
  }
  const execute = (isType: boolean): unknown => {
    if (isType) return executeFields(execution, selection, { source, path })
    throw new GraphQLError(`Expected value of type "${type.name}".`, { nodes: field.nodes })
  }
  const isType = type.isTypeOf(source, execution.contextValue, run)
  return isThenable(isType) ? new Later(isType, (_position, late) => execute(Boolean(late))) : execute(isType)
}

const showKnown = (
  execution: Execution,
  known: KnownObjects,
  { selection, source, path }: Place & { readonly selection: SelectionPlan },
): KnownText | null =>
  known.show(source, selection, (alone) => executeAlone(execution, { selection, path }, alone, executeFields))

function completeList(item: Shape, run: FieldRun, path: Path, value: unknown): unknown {
  if (!isIterable(value))
    throw new GraphQLError(
      `Expected Iterable, but did not find one for field "${run.parentType.name}.${run.fieldName}".`,
    )
  const answer: unknown[] = []
  let join: Join | null = null
  let text = 0
  for (const each of value) {
    const place = new ItemRun(run, item, path, answer.length)
    try {
      const completed = isThenable(each)
        ? new Later(each, completeItem)
        : completeValue(item, run, place, each)
      if (completed instanceof Join || completed instanceof Later) {
        join ??= new Join(answer)
        join.take(place, completed)
      } else {
        answer.push(completed)
        if (typeof completed === 'string') text += completed.length + TEXT_OF_QUOTES
      }
    } catch (thrown) {
      answer.push(failItem(place, thrown, value))
    }
  }
  run.execution.size.add(text + answer.length, MEMORY.list + answer.length * MEMORY.item)
  // V8 gives a list to which items were added room for at least 17.
  return join ?? (answer.length < FEW_ITEMS ? answer.slice() : answer)
}

const FEW_ITEMS = 10

function failItem(place: ItemRun, thrown: unknown, list: Iterable<unknown>): null {
  try {
    return fail(place, thrown)
  } catch (error) {
    if (Array.isArray(list)) list.slice(place.key + 1).forEach(ignoreFailure)
    throw error
  }
}

const completeItem: Complete = (place, value) => {
  const { shape, run } = place as ItemRun
  return completeValue(shape, run, place, value)
}

const COMPLETE: Completers = { isLate: false, completeField, completeItem }
const COMPLETE_LATE: Completers = { isLate: true, completeField, completeItem }

const isIterable = (value: unknown): value is Iterable<unknown> =>
  typeof value === 'object' && typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function'
