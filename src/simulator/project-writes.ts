// What the simulator changes of projects: themselves, their energy use, surveys, and the orders they came from.

import type { Project } from './data.ts'
import {
  aPartner,
  aProject,
  aTeam,
  aUser,
  isObject,
  latitude,
  longitude,
  oneOf,
  readInput,
  readObject,
  text,
  texts,
} from './input.ts'
import type { Rule, Rules } from './input.ts'
import { TENANT } from './living-data.ts'
import { created, DELETED, found, refuse, userError, write } from './operation.ts'
import type { Answer, Operation, OperationRequest } from './operation.ts'
import { updateProfile } from './profile-writes.ts'
import type { JsonObject } from './shape.ts'
import type { SiteSurvey } from './site-data.ts'
import { toAuroraTime } from './timestamps.ts'

const PROJECT = '/tenants/{tenant_id}/projects/{project_id}'
const SURVEY = '/tenants/{tenant_id}/site_surveys/{site_survey_id}'
const ORDER = '/tenants/{tenant_id}/orders/{order_id}'

/** An address, both coordinates, or all three. */
const aLocation: Rule = (value, request) => {
  if (!isObject(value)) return 'must be an object'
  const { property_address: address, latitude: north, longitude: east } = value
  if (address !== undefined && text(address, request)) return 'needs a property_address that is a string'
  if (north !== undefined && latitude(north, request)) return 'needs a latitude between -90 and 90'
  if (east !== undefined && longitude(east, request)) return 'needs a longitude between -180 and 180'
  const hasPlace = address !== undefined || (north !== undefined && east !== undefined)
  return hasPlace ? null : 'needs an address or both coordinates'
}

const RULES: Rules = {
  external_provider_id: text,
  name: text,
  status: text,
  project_type: oneOf('residential', 'commercial'),
  customer_salutation: text,
  customer_first_name: text,
  customer_last_name: text,
  customer_email: text,
  customer_phone: text,
  mailing_address: text,
  owner_id: aUser,
  team_id: aTeam,
  partner_id: aPartner,
  preferred_solar_modules: texts,
  tags: texts,
  location: aLocation,
}

const EMPTY_PROJECT = {
  external_provider_id: null,
  name: 'New project',
  status: null,
  project_type: 'residential',
  tags: [],
  customer_salutation: null,
  customer_first_name: null,
  customer_last_name: null,
  customer_email: null,
  customer_phone: null,
  mailing_address: null,
  owner_id: null,
  team_id: null,
  partner_id: null,
  preferred_solar_modules: [],
  // Looked up some time after.
  ahj_id: null,
  order_id: null,
  created_from_lead_id: null,
}

const NOWHERE = {
  street_address: null,
  city: null,
  region: null,
  postal_code: null,
  country: 'United States',
}

/** What is given is kept; what is not is guessed from the rest, as a geocoder would. */
const toLocation = (given: JsonObject) => ({
  property_address: `${String(given['latitude'])}, ${String(given['longitude'])}`,
  latitude: 37.42,
  longitude: -122.16,
  property_address_components: NOWHERE,
  ...given,
})

const isOurs = ({ data, ids }: OperationRequest): boolean => data.project(ids.project_id) !== undefined

/** The ways to change a survey, whose bodies are not public: the sent members are stored. */
const survey = (operationId: string, part: string, wrapper: string | null): Operation =>
  write(operationId, `PUT ${SURVEY}${part}`, (request) => {
    const { data, ids } = request
    if (!data.siteSurvey(ids.site_survey_id)) return refuse(404, 'Site survey not found')
    const input =
      wrapper === null ? readObject(request) : readInput(request, wrapper, { rules: { status: text } })
    if ('refusal' in input) return input.refusal
    if (part === '/status' && typeof input.members['status'] !== 'string')
      return userError(422, 'status must be a string')
    const name = part.split('/').at(-1) ?? ''
    const change = wrapper !== null || part === '/status' ? input.members : { [name]: input.members }
    data.changes.siteSurvey.change(ids.site_survey_id, change)
    return found('site_survey', data.siteSurvey(ids.site_survey_id))
  })

export const PROJECT_WRITES: readonly Operation[] = [
  write('createProject', 'POST /tenants/{tenant_id}/projects', (request): Answer => {
    const { data, maker } = request
    const input = readInput(request, 'project', { rules: RULES, required: ['location'] })
    if ('refusal' in input) return input.refusal
    const { members } = input
    const project = {
      id: maker.newId(),
      ...EMPTY_PROJECT,
      ...members,
      location: toLocation(members['location'] as JsonObject),
      created_at: toAuroraTime(maker.nowMs()),
    } as unknown as Project
    data.changes.project.add(TENANT, project)
    return created(request, 'project', project)
  }),
  write('updateProject', `PUT ${PROJECT}`, (request) => {
    const { data, ids } = request
    if (!isOurs(request)) return refuse(404, 'Project not found')
    const input = readInput(request, 'project', { rules: RULES })
    if ('refusal' in input) return input.refusal
    const { location, ...members } = input.members
    if (members['partner_id'] !== undefined) return userError(422, 'partner_id can not be changed')
    const moved = isObject(location) && {
      location: { ...data.project(ids.project_id)?.location, ...location },
    }
    data.changes.project.change(ids.project_id, { ...members, ...moved } as Partial<Project>)
    return found('project', data.project(ids.project_id))
  }),
  write('deleteProject', `DELETE ${PROJECT}`, (request) => {
    if (!isOurs(request)) return refuse(404, 'Project not found')
    request.data.changes.project.remove(request.ids.project_id)
    return DELETED
  }),
  write('updateConsumptionProfile', `PUT ${PROJECT}/consumption_profile`, (request) =>
    isOurs(request) ? updateProfile(request) : refuse(404, 'Project not found'),
  ),

  write('createSiteSurvey', 'POST /tenants/{tenant_id}/site_surveys', (request) => {
    const { data, maker } = request
    const input = readInput(request, 'site_survey', {
      rules: { project_id: aProject },
      required: ['project_id'],
    })
    if ('refusal' in input) return input.refusal
    const created_at = toAuroraTime(maker.nowMs())
    const made = {
      id: maker.newId(),
      status: 'requested',
      created_at,
      ...input.members,
    } as unknown as SiteSurvey
    data.changes.siteSurvey.add(made.project_id, made)
    return created(request, 'site_survey', made)
  }),
  survey('updateSiteSurvey', '', 'site_survey'),
  survey('updateSiteSurveyElectricalData', '/electrical', null),
  survey('updateSiteSurveyElectricalSubpanels', '/electrical/subpanels', null),
  survey('updateSiteSurveyMountingPlanes', '/roofs/mounting_planes', null),
  survey('updateSiteSurveyStatus', '/status', null),

  write('updateOrder', `PUT ${ORDER}`, (request) => {
    const { data, ids } = request
    if (!data.order(ids.order_id)) return refuse(404, 'Order not found')
    const input = readInput(request, 'order', { rules: { status: text } })
    if ('refusal' in input) return input.refusal
    data.changes.order.change(ids.order_id, input.members)
    return found('order', data.order(ids.order_id))
  }),
  write('declineOrder', `POST ${ORDER}/decline`, ({ data, ids }) => {
    const order = data.order(ids.order_id)
    if (!order) return refuse(404, 'Order not found')
    if (order.status !== 'released') return userError(422, 'only a released order can be declined')
    data.changes.order.change(ids.order_id, { status: 'declined' })
    return found('order', data.order(ids.order_id))
  }),
]
