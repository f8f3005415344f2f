// Which events a write leads to: one row for each operation that changes what an event reports.

import { isObject } from '../input.ts'
import type { Job, OperationRequest } from '../operation.ts'
import type { JsonObject } from '../shape.ts'
import { EVENTS_OF_JOBS } from './events.ts'
import type { Attributes, EventName, SentEvent } from './events.ts'

/** Called before the write; what it returns is called after it, with the object in the answer. */
type Row = (request: OperationRequest) => (made: JsonObject) => readonly SentEvent[]

const event = (name: EventName, attributes: Attributes): SentEvent => ({ event: name, attributes })

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** One event with these attributes. */
const one =
  (name: EventName, attributes: (request: OperationRequest, made: JsonObject) => Attributes): Row =>
  (request) =>
  (made) => [event(name, attributes(request, made))]

const designCreated = one('design_created', ({ source }, made) => ({
  PROJECT_ID: textOf(made['project_id']),
  DESIGN_ID: textOf(made['id']),
  SOURCE: source,
}))

/** Accepting a roof model makes a design, which is named in the request for the model. */
const designAccepted = one('design_created', ({ source }, made) => ({
  PROJECT_ID: textOf(made['project_id']),
  DESIGN_ID: textOf(made['design_id']),
  SOURCE: source,
}))

const surveyChanged: Row = ({ data, ids }) => {
  const before = data.siteSurvey(ids.site_survey_id)?.status
  return ({ status, project_id }) =>
    status === before
      ? []
      : [
          event('site_survey_status_changed', {
            PROJECT_ID: textOf(project_id),
            SITE_SURVEY_ID: ids.site_survey_id,
            STATUS: textOf(status),
          }),
        ]
}

const projectChanged: Row = ({ data, ids, sent, source }) => {
  const before = data.project(ids.project_id)?.status
  const members = isObject(sent) && isObject(sent['project']) ? Object.keys(sent['project']) : []
  return ({ status }) => [
    event('project_changed', { PROJECT_ID: ids.project_id, SOURCE: source, ATTRIBUTES: members.join(',') }),
    ...(status === before
      ? []
      : [event('project_status_changed', { PROJECT_ID: ids.project_id, STATUS: textOf(status) })]),
  ]
}

const milestoneShared: Row = ({ data, ids }) => {
  const { design } =
    data.projects
      .flatMap(({ id }) => data.designsOf(id))
      .find((record) => record.design.milestone?.id === ids.milestone_id) ?? {}
  const attributes = {
    PROJECT_ID: design?.project_id,
    DESIGN_ID: design?.id,
    MILESTONE_ID: ids.milestone_id,
  }
  return () => [event('milestone_shared', attributes)]
}

const ROWS: Readonly<Record<string, Row>> = {
  createProject: one('project_created', ({ source }, made) => ({
    PROJECT_ID: textOf(made['id']),
    SOURCE: source,
  })),
  updateProject: projectChanged,
  deleteProject: one('project_deleted', ({ ids }) => ({ PROJECT_ID: ids.project_id })),
  updateConsumptionProfile: one('consumption_profile_changed', ({ ids }) => ({ PROJECT_ID: ids.project_id })),
  createDesign: designCreated,
  duplicateDesign: designCreated,
  shareMilestone: milestoneShared,
  generateWebProposalUrl: one('web_proposal_url_created', ({ ids, source }) => ({
    DESIGN_ID: ids.design_id,
    SOURCE: source,
  })),
  createSiteSurvey: one('site_survey_requested', (_, made) => ({
    PROJECT_ID: textOf(made['project_id']),
    SITE_SURVEY_ID: textOf(made['id']),
  })),
  updateSiteSurvey: surveyChanged,
  updateSiteSurveyStatus: surveyChanged,
  createDesignRequest: one('design_request_created', ({ source }, made) => ({
    DESIGN_REQUEST_ID: textOf(made['id']),
    SOURCE: source,
  })),
  acceptDesignRequest: designAccepted,
  createEagleviewDesignRequest: one('eagleview_design_request_created', (_, made) => ({
    EAGLEVIEW_DESIGN_REQUEST_ID: textOf(made['id']),
  })),
  acceptEagleviewDesignRequest: (request) => (made) => [
    event('eagleview_design_request_status_changed', {
      EAGLEVIEW_DESIGN_REQUEST_ID: textOf(made['id']),
      STATUS: textOf(made['status']),
    }),
    ...designAccepted(request)(made),
  ],
}

/** Called before an operation; what it returns takes the body of the answer if the operation succeeded. */
export function watchWrite(
  operationId: string,
  request: OperationRequest,
): (body: unknown) => readonly SentEvent[] {
  const row = ROWS[operationId]?.(request)
  return (body) => row?.(unwrap(body)) ?? []
}

/** Answers have one member, the object. */
function unwrap(body: unknown): JsonObject {
  const [inner] = isObject(body) ? Object.values(body) : []
  return isObject(inner) ? inner : {}
}

export function eventsOfJob({ kind, id, ownerId, members, willFail, source, result }: Job): SentEvent[] {
  const name = EVENTS_OF_JOBS[kind.name]
  const projectId = textOf(result?.['project_id'])
  // The job that makes a project of an order has no event of its own: the project has.
  if (!name) return projectId ? [event('project_created', { PROJECT_ID: projectId, SOURCE: source })] : []
  const STATUS = willFail ? 'failed' : 'succeeded'
  const owner = { DESIGN_ID: textOf(members['design_id']), PROJECT_ID: textOf(members['project_id']) }
  return [event(name, { ...owner, AGREEMENT_ID: ownerId, JOB_ID: id, STATUS })]
}
