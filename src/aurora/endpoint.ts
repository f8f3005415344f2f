// One operation of Aurora as the gateway uses it: a row of reads.ts or writes.ts, and the makers of such rows.
import type { Kind } from './kinds.ts'
import type { OperationId, Route } from './members.ts'

/**
 * What an operation does, which decides how it is loaded. Reads: `one` has an id of its own; `sole` is the only one of
 * its parent or tenant; `whole` is a list of the tenant that is always read to its end; `sliced` is a list of the
 * tenant that may be long, so it is read in slices; `children` is the list below a parent; `values` is such a list
 * whose items have no id; `job` is the progress of a job. Everything that changes something is a `write`.
 */
export type Form = 'one' | 'sole' | 'whole' | 'sliced' | 'children' | 'values' | 'job' | 'write'

export interface Endpoint {
  /** Aurora's operationId. */
  readonly operation: OperationId
  /** All but GET change something: they are neither cached, nor shared between callers, nor sent twice. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Path template; its parameters are the ids that a call needs, besides tenant_id. */
  readonly route: Route
  /** The ids that the route needs besides the tenant's, in order. */
  readonly parameters: readonly string[]
  readonly kind: Kind
  readonly form: Form
  readonly answers: 'object' | 'list' | 'nothing'
  /**
   * The member of the answer that contains the object or the list; null if the answer itself is the object. If an
   * answer lacks it, the only list, or the only object with the requested id, is taken (rest/unwrap.ts).
   */
  readonly wrapper: string | null
  /** The member under which the body of a write is sent; none if the body is sent bare. */
  readonly bodyWrapper?: string | null
  /** The member that identifies an object; undefined if the object has no id of its own. */
  readonly idMember?: string | undefined
  /** The query parameter that names the object, if the last id of the route is only that of its parent. */
  readonly idQuery?: string
  /** Set if Aurora sometimes leaves the wrapper out. */
  readonly mayBeBare?: true
  /** The name of the wrapper is a guess: if the body contains exactly one object, that object is the answer. */
  readonly isWrapperGuessed?: true
  /**
   * Lists: `page` and `per_page` are sent, even if it is unknown whether they have an effect: a list that ignores them
   * is recognized. Other lists are requested as a whole, and a next page is read if they have a length that servers use
   * for pages.
   */
  readonly isPaged?: true
  /** Aurora promises that the newest come first, so that only a new object moves others to the next page. */
  readonly isNewestFirst?: true
  /** 404 is an ordinary state here ("not filled out"), so the field is null without an error. */
  readonly mayBeAbsent?: true
}

interface Fixed<Shape extends Form> {
  readonly method: Endpoint['method']
  readonly form: Shape
  readonly answers: Endpoint['answers']
  readonly idMember?: string
}

/** A row before its operation, which is the name under which it stands in its table. */
export type Unnamed<Row> = Omit<Row, 'operation'>

/** Makes rows that have a verb, a form and a way to name objects in common. */
export const rowsOf =
  <Shape extends Form>(fixed: Fixed<Shape>) =>
  <Of extends Kind, Details extends object = object>(
    kind: Of,
    route: Route,
    wrapper: string | null,
    details?: Details,
  ) => ({
    idMember: undefined,
    ...fixed,
    kind,
    route,
    wrapper,
    parameters: parametersOf(route),
    ...(details as Details),
  })

/** Writes the name under which a row stands in its table into the row, so that it is written once. */
export const named = <Rows extends object>(
  rows: Rows,
): { readonly [Name in keyof Rows]: Rows[Name] & { readonly operation: Name } } =>
  Object.fromEntries(
    Object.entries(rows).map(([operation, row]) => [operation, { ...(row as object), operation }]),
  ) as never

const parametersOf = (route: string): readonly string[] =>
  [...route.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) => (name && name !== 'tenant_id' ? [name] : []))

export const isRead = ({ method }: Pick<Endpoint, 'method'>): boolean => method === 'GET'

export const TENANT = '/tenants/{tenant_id}'
export const PROJECT = `${TENANT}/projects/{project_id}`
export const DESIGN = `${TENANT}/designs/{design_id}`
export const AGREEMENT = `${TENANT}/agreements/{agreement_id}`
export const SURVEY = `${TENANT}/site_surveys/{site_survey_id}`
export const ORDER = `${TENANT}/orders/{order_id}`
export const REQUESTS = `${TENANT}/design_requests`
export const EAGLEVIEW = `${REQUESTS}/eagleview/{eagleview_design_request_id}`
