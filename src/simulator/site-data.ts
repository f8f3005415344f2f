// Facts about a site: surveys, utility bills, the authority that permits, the order that the project came from.

import type { CoreData } from './core-data.ts'
import { createOwned } from './lazy.ts'
import { PLACES } from './places.ts'
import type { ProjectRecord } from './project-data.ts'
import { createRandom } from './random.ts'
import { DAY_MS, toAuroraTime } from './timestamps.ts'

export interface SiteSurvey {
  readonly id: string
  readonly project_id: string
  readonly status: string
  readonly created_at: string
}

export interface UtilityBill {
  readonly id: string
  readonly project_id: string
  readonly filename: string
  readonly download_url: string
  readonly created_at: string
}

export type Order = ReturnType<typeof createOrder>

/** A survey comes after the signed contract; the words are guesses, since Aurora's are not public. */
const SURVEY_STATUSES: Readonly<Record<string, readonly string[]>> = {
  sold: ['requested', 'scheduled', 'submitted', 'completed'],
  installed: ['completed'],
  permission_to_operate: ['completed'],
}

export function createSiteData({ seed, projectIds, ...core }: CoreData) {
  const surveyed = { seed, kind: 'site surveys', ownerIds: projectIds, most: 2 }
  const surveys = createOwned(surveyed, (projectId, ids, random): SiteSurvey[] => {
    const record = core.projectRecord(projectId)
    const statuses = SURVEY_STATUSES[record?.stage ?? '']
    if (!record || !statuses) return []
    return ids.slice(0, random.pick([0, 1, 1, 1, 2])).map((id, index) => ({
      id,
      project_id: projectId,
      status: random.pick(statuses),
      created_at: toAuroraTime(record.createdAtMs + random.int(31, 40) * DAY_MS - index * 7 * DAY_MS),
    }))
  })
  const billed = { seed, kind: 'utility bills', ownerIds: projectIds, most: 3 }
  const bills = createOwned(billed, (projectId, ids, random): UtilityBill[] => {
    const record = core.projectRecord(projectId)
    if (record?.project.project_type !== 'residential') return []
    return ids.slice(0, random.int(0, 3)).map((id, index) => {
      // The bill of each of the months before the project.
      const month = new Date(record.createdAtMs - (index + 1) * 30 * DAY_MS).toISOString().slice(0, 7)
      const filename = `power-bill-${month}.pdf`
      return {
        id,
        project_id: projectId,
        filename,
        download_url: `https://files.example.com/utility-bills/${id}/${filename}?expires=86400`,
        created_at: toAuroraTime(record.createdAtMs + random.int(1, 90) * 60_000),
      }
    })
  })
  const ahjById = new Map(createAhjs(seed).map((ahj) => [ahj.id, ahj]))
  const projectOfOrder = new Map(core.projects.map(({ id, order_id }) => [order_id, id]))
  return {
    siteSurveysOf: surveys.of,
    siteSurvey: surveys.find,
    utilityBillsOf: bills.of,
    ahj: (ahjId: string) => ahjById.get(ahjId),
    order(orderId: string): Order | undefined {
      const record = core.projectRecord(projectOfOrder.get(orderId) ?? '')
      return record && createOrder(seed, orderId, record)
    },
  }
}

/** The body is not public. */
export function createSurveyRequest({ id, project_id, created_at }: SiteSurvey) {
  return {
    site_survey_id: id,
    project_id,
    requested_at: created_at,
    instructions: 'Call the customer a day ahead; the gate is locked.',
    requested_photos: ['Main service panel', 'Utility meter', 'Attic rafters', 'Roof surface'],
  }
}

/** The ids are those that projects contain. Every member except the name is a guess. */
function createAhjs(seed: number) {
  return PLACES.map(({ city, region }) => {
    const random = createRandom(seed, 'ahj codes', city)
    return {
      id: createRandom(seed, 'ahj', city).uuid(),
      name: `City of ${city}`,
      region,
      building_code: random.pick(['2018 IRC', '2021 IRC', '2024 IRC']),
      electrical_code: random.pick(['2017 NEC', '2020 NEC', '2023 NEC']),
    }
  })
}

/** Every member except id and status is a guess. */
function createOrder(seed: number, orderId: string, { project, createdAtMs }: ProjectRecord) {
  const random = createRandom(seed, 'order', orderId)
  return {
    id: orderId,
    // The one state from which a project can be made.
    status: 'released',
    project_id: project.id,
    property_address: project.location.property_address,
    created_at: toAuroraTime(createdAtMs - random.int(1, 6) * DAY_MS),
  }
}
