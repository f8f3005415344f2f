// What the gateway knows of one operation of Aurora: a row of the tables endpoints.ts and write-endpoints.ts.
import type { operations, paths } from './aurora.d.ts'

/** Kinds of Aurora objects; each has its lifetimes in cache/lifetimes.ts. */
export type Kind =
  | 'tenant'
  | 'ssoProvider'
  | 'apiVersions'
  | 'role'
  | 'user'
  | 'team'
  | 'partner'
  | 'project'
  | 'sharedProject'
  | 'consumptionProfile'
  | 'projectBillSummary'
  | 'utilityBill'
  | 'ahj'
  | 'order'
  | 'siteSurvey'
  | 'siteSurveyRequest'
  | 'agreement'
  | 'agreementDownloadLink'
  | 'asset'
  | 'design'
  | 'designSummary'
  | 'designBillSummary'
  | 'roofSummary'
  | 'rackingArray'
  | 'pricing'
  | 'financing'
  | 'proposal'
  | 'webProposal'
  | 'proposalTemplate'
  | 'module'
  | 'inverter'
  | 'dcOptimizer'
  | 'designRequest'
  | 'eagleviewDesignRequest'
  | 'planSetRequest'
  | 'planSet'
  | 'webhook'
  | 'adder'
  | 'rackingComponents'
  | 'sharedMilestone'
  | JobKind

/** What Aurora works on behind the scenes: begun by a call of its own, then asked for until it has ended. */
export type JobKind =
  | 'performanceSimulationJob'
  | 'irradianceAnalysisJob'
  | 'autoDesignerJob'
  | 'firePathwayPlacementJob'
  | 'aiRoofJob'
  | 'proposalPdfGenerationJob'
  | 'agreementDownloadUrlJob'
  | 'utilityBillUploadJob'
  | 'projectCreationJob'

export interface Endpoint {
  /** Aurora's operationId. */
  readonly operation: keyof operations
  /** Whatever is not GET changes something: it is neither cached, nor joined, nor sent twice. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Path template; its parameters are the ids a call must bring, besides tenant_id. */
  readonly route: keyof paths
  /** The ids that the route needs besides the tenant's, in order. */
  readonly parameters: readonly string[]
  readonly kind: Kind
  readonly answers: 'object' | 'list' | 'nothing'
  /** The member of the answer that holds the object or the list; null where the answer itself is the object. */
  readonly wrapper: string | null
  /** The member under which what is written is sent; none where it is the body itself. */
  readonly bodyWrapper?: string | null
  /** The member that identifies an object; undefined where it has no id of its own. */
  readonly idMember?: string | undefined
  /** The query member that names the object asked for, where the last id of the route is only that of its parent. */
  readonly idQuery?: string
  /** Aurora is known to leave the wrapper out at times. */
  readonly mayBeBare?: true
  /** The name of the wrapper is a guess: an object that is the only one in the body is taken for what was asked. */
  readonly isWrapperGuessed?: true
  /**
   * Lists: `page` and `per_page` are sent, also where it is unknown whether they do anything: a list that ignores them
   * is recognised, one that pages without being asked would lose its rest.
   */
  readonly isPaged?: true
  /** 404 is an ordinary state here ("not filled out"), so the field is null without an error. */
  readonly mayBeAbsent?: true
}

type Details = Omit<Partial<Endpoint>, 'operation' | 'route' | 'parameters' | 'kind' | 'wrapper'>

const parametersOf = (route: string): readonly string[] =>
  [...route.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) => (name && name !== 'tenant_id' ? [name] : []))

/** Makes rows that have a verb, a form of answer and a way of naming objects in common. */
export const rowsOf =
  (method: Endpoint['method'], answers: Endpoint['answers'], idMember?: string) =>
  (
    operation: keyof operations,
    kind: Kind,
    route: keyof paths,
    wrapper: string | null,
    details: Details = {},
  ): Endpoint => ({
    operation,
    method,
    route,
    parameters: parametersOf(route),
    kind,
    answers,
    wrapper,
    idMember,
    ...details,
  })

export const isRead = ({ method }: Endpoint): boolean => method === 'GET'

export const TENANT = '/tenants/{tenant_id}'
export const PROJECT = `${TENANT}/projects/{project_id}`
export const DESIGN = `${TENANT}/designs/{design_id}`
export const AGREEMENT = `${TENANT}/agreements/{agreement_id}`
export const SURVEY = `${TENANT}/site_surveys/{site_survey_id}`
export const ORDER = `${TENANT}/orders/{order_id}`
export const REQUESTS = `${TENANT}/design_requests`
export const EAGLEVIEW = `${REQUESTS}/eagleview/{eagleview_design_request_id}`
