// Places of an answer while it is made: a field with the arguments of its resolver, and an item of a list.
import type {
  FieldNode,
  FragmentDefinitionNode,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLResolveInfo,
  GraphQLSchema,
  OperationDefinitionNode,
} from 'graphql'
import type { Pace } from '../turns/pace.ts'
import type { AnswerSize } from './answer-size.ts'
import type { KnownObjects } from './known-objects.ts'
import type { Failures } from './failures.ts'
import type { FieldPlan, OperationPlan, Shape } from './plan.ts'

export type Path = GraphQLResolveInfo['path']

/**
 * Runs the resolver of a field. What has to be done around every resolver is done here, so that no resolver needs a
 * wrapper.
 */
export type RunResolver = (path: Path, resolve: () => unknown) => unknown

/** One execution of a plan. */
export interface Execution {
  readonly plan: OperationPlan
  readonly contextValue: unknown
  readonly rootValue: unknown
  readonly variableValues: GraphQLResolveInfo['variableValues']
  readonly failures: Failures
  /** Divides the work into turns of the event loop; null: all available work is done at once. */
  readonly pace: Pace | null
  /** Takes the items of a list of objects that are to be executed; null if all are. */
  readonly gather: (<Item>(items: readonly Item[]) => readonly Item[]) | null
  /** Null: resolvers are called by themselves. */
  readonly runResolver: RunResolver | null
  /** Null: all objects are executed. */
  readonly known: KnownObjects | null
  /** Counts the answer; throws if it is too large, which ends the execution. */
  readonly size: AnswerSize
  /** The arguments of fields that contain variables. */
  readonly args: Map<FieldPlan, Readonly<Record<string, unknown>>>
}

export interface Position {
  readonly prev: Path | undefined
  readonly key: string | number
  readonly typename: string | undefined
  readonly execution: Execution
  readonly field: FieldPlan
  readonly shape: Shape
}

/**
 * A field of one object. It is its own path and the `info` of its resolver, because there is one for each field of each
 * object, and three objects instead of one would take noticeable time.
 */
export class FieldRun implements Position, GraphQLResolveInfo {
  readonly prev: Path | undefined
  readonly key: string
  readonly typename: string
  readonly field: FieldPlan
  readonly execution: Execution

  constructor(field: FieldPlan, execution: Execution, prev: Path | undefined) {
    this.prev = prev
    this.key = field.name
    this.typename = field.parentType.name
    this.field = field
    this.execution = execution
  }

  get shape(): Shape {
    return this.field.shape
  }
  get path(): Path {
    return this
  }
  get fieldName(): string {
    return this.field.definition.name
  }
  get fieldNodes(): readonly FieldNode[] {
    return this.field.nodes
  }
  get returnType(): GraphQLOutputType {
    return this.field.definition.type
  }
  get parentType(): GraphQLObjectType {
    return this.field.parentType
  }
  get schema(): GraphQLSchema {
    return this.execution.plan.schema
  }
  get fragments(): Record<string, FragmentDefinitionNode> {
    return this.execution.plan.fragments
  }
  get rootValue(): unknown {
    return this.execution.rootValue
  }
  get operation(): OperationDefinitionNode {
    return this.execution.plan.operation
  }
  get variableValues(): GraphQLResolveInfo['variableValues'] {
    return this.execution.variableValues
  }
}

/** An item of a list; its `run` is the field that shows the list. */
export class ItemRun implements Position {
  readonly prev: Path
  readonly key: number
  readonly typename = undefined
  readonly run: FieldRun
  readonly shape: Shape

  constructor(run: FieldRun, shape: Shape, prev: Path, key: number) {
    this.prev = prev
    this.key = key
    this.run = run
    this.shape = shape
  }

  get execution(): Execution {
    return this.run.execution
  }
  get field(): FieldPlan {
    return this.run.field
  }
}
