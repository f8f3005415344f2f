// Makes one validation rule of many. graphql-js calls each rule for each kind of node, and looks up the handlers of each rule for each
// kind in every validation: with its own 28 rules, that costs as much as what the rules do.
import { BREAK, Kind } from 'graphql'
import type { ASTNode, ASTVisitor, ValidationContext, ValidationRule } from 'graphql'

type Handler = (this: unknown, ...args: readonly unknown[]) => unknown

type Given = Partial<Record<'enter' | 'leave', unknown>>

interface Handlers {
  /** The index of its rule. */
  readonly rule: number
  readonly visitor: ASTVisitor
  readonly enter: Handler | undefined
  readonly leave: Handler | undefined
}

/**
 * The rules get the nodes that they would get one by one, in the same order, as with `visitInParallel` of graphql-js: a
 * rule that returns false does not get what is below a node, and one that returns BREAK gets nothing more.
 */
export function mergeRules(rules: readonly ValidationRule[]): ValidationRule {
  return (context: ValidationContext) => {
    const byKind = new Map<string, Handlers[]>()
    rules.forEach((rule, index) => addHandlers(byKind, rule(context), index))
    /** For each rule: null; or the node below which it gets nothing; or BREAK. */
    const skipped: unknown[] = rules.map(() => null)
    return Object.fromEntries(
      [...byKind].map(([kind, handlers]) => [kind, createVisit(handlers, skipped)]),
    ) as ASTVisitor
  }
}

function addHandlers(byKind: Map<string, Handlers[]>, visitor: ASTVisitor, rule: number): void {
  const add = (kind: string, { enter, leave }: Given): void => {
    const handlers: Handlers = { rule, visitor, enter: enter as Handler, leave: leave as Handler }
    const ofKind = byKind.get(kind)
    if (ofKind) ofKind.push(handlers)
    else byKind.set(kind, [handlers])
  }
  // Such a visitor gets nodes of all kinds, and has no other handlers.
  if ('enter' in visitor || 'leave' in visitor) for (const kind of KINDS) add(kind, visitor)
  else
    for (const [kind, given] of Object.entries(visitor as Record<string, Handler | Given>))
      add(kind, typeof given === 'function' ? { enter: given } : given)
}

const KINDS: readonly string[] = Object.values(Kind)

function createVisit(handlers: readonly Handlers[], skipped: unknown[]) {
  return {
    enter(node: ASTNode, ...more: readonly unknown[]): void {
      for (const { rule, visitor, enter } of handlers) {
        if (!enter || skipped[rule] !== null) continue
        const result = enter.call(visitor, node, ...more)
        if (result === false) skipped[rule] = node
        else if (result === BREAK) skipped[rule] = BREAK
      }
    },
    leave(node: ASTNode, ...more: readonly unknown[]): void {
      for (const { rule, visitor, leave } of handlers) {
        if (skipped[rule] === node) skipped[rule] = null
        else if (leave && skipped[rule] === null && leave.call(visitor, node, ...more) === BREAK)
          skipped[rule] = BREAK
      }
    },
  }
}
