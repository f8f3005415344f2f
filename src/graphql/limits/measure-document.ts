// Counts the fields, levels and other figures of a document. Each fragment counts wherever it is spread, but the time
// grows only with the length of the document.
import { Kind, Lexer, Source } from 'graphql'
import type { DocumentNode, FragmentDefinitionNode, SelectionSetNode, ValueNode } from 'graphql'
import type { Measured } from './query-limits.ts'

/** For a text with a syntax fault, counts the tokens before the fault; the parser reports the fault itself. */
export function countTokens(text: string): number {
  const lexer = new Lexer(new Source(text))
  let tokens = 0
  try {
    while (lexer.advance().kind !== '<EOF>') tokens += 1
  } catch {
    // The count ends at the fault.
  }
  return tokens
}

interface Figures {
  /** Levels of fields, including this one. */
  depth: number
  fields: number
  aliases: number
  directives: number
  rootFields: number
}

const NOTHING: Figures = { depth: 0, fields: 0, aliases: 0, directives: 0, rootFields: 0 }

/**
 * Returns, for each figure, the largest value among the operations of the document. A fragment that spreads itself counts
 * as nothing here; validation rejects it.
 */
export function measureDocument({ definitions }: DocumentNode): Measured {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const each of definitions)
    if (each.kind === Kind.FRAGMENT_DEFINITION) fragments.set(each.name.value, each)
  // Each fragment is measured once, however often it is spread: 18 fragments that spread each other twice have 2^18 fields.
  const known = new Map<string, Figures>()
  let listLength = 0

  function measureFragment(name: string): Figures {
    const measured = known.get(name)
    if (measured) return measured
    // Ends the recursion for a fragment that spreads itself.
    known.set(name, NOTHING)
    const figures = measureSelection(fragments.get(name)?.selectionSet)
    known.set(name, figures)
    return figures
  }

  function measureSelection(selectionSet: SelectionSetNode | undefined): Figures {
    const sum = { ...NOTHING }
    for (const selection of selectionSet?.selections ?? []) {
      sum.directives += selection.directives?.length ?? 0
      const isField = selection.kind === Kind.FIELD
      if (isField) for (const { value } of selection.arguments ?? []) noteLists(value)
      // graphql-js bounds introspection itself, and introspection costs no call.
      if (isField && INTROSPECTION.has(selection.name.value)) {
        sum.rootFields += 1
        continue
      }
      const inner =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? measureFragment(selection.name.value)
          : measureSelection(selection.selectionSet)
      sum.depth = Math.max(sum.depth, inner.depth + (isField ? 1 : 0))
      sum.fields += inner.fields + (isField ? 1 : 0)
      sum.aliases += inner.aliases + (isField && selection.alias ? 1 : 0)
      sum.directives += inner.directives
      sum.rootFields += isField ? 1 : inner.rootFields
    }
    return sum
  }

  function noteLists(value: ValueNode): void {
    if (value.kind === Kind.LIST) {
      const isOfNumbers = value.values.every(({ kind }) => MEASUREMENTS.has(kind))
      if (!isOfNumbers) listLength = Math.max(listLength, value.values.length)
      value.values.forEach(noteLists)
    } else if (value.kind === Kind.OBJECT) for (const { value: inner } of value.fields) noteLists(inner)
  }

  const largest = { ...NOTHING }
  for (const each of definitions)
    if (each.kind === Kind.OPERATION_DEFINITION) {
      const figures = measureSelection(each.selectionSet)
      figures.directives += each.directives?.length ?? 0
      for (const name of Object.keys(largest) as (keyof Figures)[])
        largest[name] = Math.max(largest[name], figures[name])
    }
  return { listLength, ...largest }
}

/** Lists of numbers are measurements, and null is a gap in them. */
const MEASUREMENTS: ReadonlySet<Kind> = new Set([Kind.INT, Kind.FLOAT, Kind.NULL])

const INTROSPECTION: ReadonlySet<string> = new Set(['__schema', '__type'])
