// What the simulator changes of projects: themselves, their energy use, surveys, and the orders they came from.

import type { Project } from './data.ts'
import {
  aName,
  aPartner,
  aProject,
  aTeam,
  aUser,
  isObject,
  latitude,
  longitude,
  mailAddress,
  oneOf,
  readInput,
  readObject,
  rulesOf,
  text,
  texts,
} from './input.ts'
import type { Rule, Rules } from './input.ts'
import { TENANT } from './living-data.ts'
import { created, DELETED, demand, found, mustExist, projectOf, write } from './operation.ts'
import type { Operation, OperationRequest } from './operation.ts'
import { updateProfile } from './profile-writes.ts'
import { withoutValues } from './shape.ts'
import type { JsonObject } from './shape.ts'
import type { Order, SiteSurvey } from './site-data.ts'
import { toAuroraTime } from './timestamps.ts'

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

const CUSTOMER = [
  'customer_salutation',
  'customer_first_name',
  'customer_last_name',
  'customer_email',
  'customer_phone',
  'mailing_address',
]

const RULES: Rules = {
  ...rulesOf(text, 'external_provider_id', 'status', ...CUSTOMER),
  name: aName,
  customer_email: mailAddress,
  ...rulesOf(texts, 'preferred_solar_modules', 'tags'),
  project_type: oneOf('residential', 'commercial'),
  owner_id: aUser,
  team_id: aTeam,
  partner_id: aPartner,
  location: aLocation,
}

const EMPTY_PROJECT = {
  external_provider_id: null,
  name: 'New project',
  status: null,
  project_type: 'residential',
  tags: [],
  ...withoutValues(...CUSTOMER, 'owner_id', 'team_id', 'partner_id'),
  preferred_solar_modules: [],
  // Aurora looks up the authority some time after the write.
  ...withoutValues('ahj_id', 'order_id', 'created_from_lead_id'),
}

/** Given members are kept. The others are guessed from them, as a geocoder does. */
const toLocation = (given: JsonObject) => ({
  property_address: `${String(given['latitude'])}, ${String(given['longitude'])}`,
  latitude: 37.42,
  longitude: -122.16,
  property_address_components: {
    ...withoutValues('street_address', 'city', 'region', 'postal_code'),
    country: 'United States',
  },
  ...given,
})

const surveyOf = ({ data, ids }: OperationRequest): SiteSurvey =>
  mustExist(data.siteSurvey(ids.site_survey_id), 'Site survey')

/** The ways to change a survey, whose bodies are not public: the sent members are stored. */
const updateSurvey = (
  operationId: string,
  path: string,
  read: (request: OperationRequest) => JsonObject,
): Operation =>
  write(operationId, `PUT /site_surveys/{site_survey_id}${path}`, (request) => {
    const { id } = surveyOf(request)
    request.data.changes.siteSurvey.change(id, read(request))
    return found('site_survey', surveyOf(request))
  })

const orderOf = ({ data, ids }: OperationRequest): Order => mustExist(data.order(ids.order_id), 'Order')

export const PROJECT_WRITES: readonly Operation[] = [
  write('createProject', 'POST /projects', (request) => {
    const { data, maker } = request
    const members = readInput(request, 'project', { rules: RULES, required: ['location'] })
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
  write('updateProject', 'PUT /projects/{project_id}', (request) => {
    const project = projectOf(request)
    const { location, ...members } = readInput(request, 'project', { rules: RULES })
    demand(members['partner_id'] === undefined, 'partner_id can not be changed')
    const moved = isObject(location) && { location: { ...project.location, ...location } }
    request.data.changes.project.change(project.id, { ...members, ...moved })
    return found('project', projectOf(request))
  }),
  write('deleteProject', 'DELETE /projects/{project_id}', (request) => {
    request.data.changes.project.remove(projectOf(request).id)
    return DELETED
  }),
  write('updateConsumptionProfile', 'PUT /projects/{project_id}/consumption_profile', updateProfile),

  write('createSiteSurvey', 'POST /site_surveys', (request) => {
    const { data, maker } = request
    const members = readInput(request, 'site_survey', {
      rules: { project_id: aProject },
      required: ['project_id'],
    })
    const created_at = toAuroraTime(maker.nowMs())
    const survey = { id: maker.newId(), status: 'requested', created_at, ...members } as SiteSurvey
    data.changes.siteSurvey.add(survey.project_id, survey)
    return created(request, 'site_survey', survey)
  }),
  updateSurvey('updateSiteSurvey', '', (request) =>
    readInput(request, 'site_survey', { rules: { status: text } }),
  ),
  updateSurvey('updateSiteSurveyElectricalData', '/electrical', (request) => ({
    electrical: readObject(request),
  })),
  updateSurvey('updateSiteSurveyElectricalSubpanels', '/electrical/subpanels', (request) => ({
    subpanels: readObject(request),
  })),
  updateSurvey('updateSiteSurveyMountingPlanes', '/roofs/mounting_planes', (request) => ({
    mounting_planes: readObject(request),
  })),
  updateSurvey('updateSiteSurveyStatus', '/status', (request) => {
    const members = readObject(request)
    demand(typeof members['status'] === 'string', 'status must be a string')
    return members
  }),

  write('updateOrder', 'PUT /orders/{order_id}', (request) => {
    const { id } = orderOf(request)
    request.data.changes.order.change(id, readInput(request, 'order', { rules: { status: text } }))
    return found('order', orderOf(request))
  }),
  write('declineOrder', 'POST /orders/{order_id}/decline', (request) => {
    const { id, status } = orderOf(request)
    demand(status === 'released', 'only a released order can be declined')
    request.data.changes.order.change(id, { status: 'declined' })
    return found('order', orderOf(request))
  }),
]
