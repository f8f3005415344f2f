// The agreements of a project: their number and state fit the milestone of the project's newest design.

import type { CoreData, DesignRecord } from './core-data.ts'
import { createOwned } from './lazy.ts'
import type { Random } from './random.ts'
import { HOUR_MS, toAuroraTime } from './timestamps.ts'

export type Agreement = ReturnType<typeof describeAgreement>

/** The states that an agreement can have at a milestone; null if there is none. Events write cancel_pending with a dash. */
const STATUSES: Readonly<Record<string, readonly (string | null)[]>> = {
  offered: ['sent', 'viewed', 'viewed', 'declined', 'error', null, null],
  sold: ['signed'],
  installed: ['signed'],
  permission_to_operate: ['signed'],
  canceled: ['canceled', 'canceled', 'cancel_pending', 'declined'],
}

export function createAgreements({ seed, projectIds, ...core }: CoreData) {
  const terms = { seed, kind: 'agreements', ownerIds: projectIds, most: 2 }
  /** Newest first. */
  const agreements = createOwned(terms, (projectId, [id = '', formerId = ''], random) => {
    const [newest] = core.designsOf(projectId)
    const milestone = newest?.design.milestone
    const region = core.projectRecord(projectId)?.place.region ?? ''
    const status = random.pick(STATUSES[milestone?.milestone ?? ''] ?? [null])
    if (!newest || !milestone || status === null) return []
    const madeAtMs = Date.parse(newest.design.created_at)
    const reachedAtMs = Date.parse(milestone.recorded_at)
    const shared = { projectId, templateName: nameTemplate(newest, region), endedAtMs: reachedAtMs }
    const createdAtMs = madeAtMs + (reachedAtMs - madeAtMs) * random.between(0.3, 0.9)
    const current = { ...shared, id, status, designId: newest.design.id, createdAtMs }
    if (status !== 'signed' || !random.chance(0.25)) return [describeAgreement(random, current)]
    // Some customers were sent another agreement before, for a design that was deleted.
    const former = { ...current, id: formerId, status: 'canceled', designId: null, createdAtMs: madeAtMs }
    return [describeAgreement(random, current), describeAgreement(random, former)]
  })
  return { agreementsOf: agreements.of, agreement: agreements.find }
}

const TITLES: Readonly<Record<string, string>> = {
  lease: 'Lease agreement',
  ppa: 'Power purchase agreement',
  levelized_ppa: 'Power purchase agreement',
}

/** What is signed depends on how the system is paid for. */
function nameTemplate({ financings }: DesignRecord, region: string): string {
  const chosen = financings.find((one) => one.selected_in_sales_mode)?.financing_option ?? ''
  return `${TITLES[chosen] ?? 'Purchase agreement'} ${region}`
}

interface Facts {
  readonly id: string
  readonly projectId: string
  readonly designId: string | null
  readonly status: string
  readonly templateName: string
  readonly createdAtMs: number
  readonly endedAtMs: number
}

function describeAgreement(random: Random, facts: Facts) {
  const { id, projectId, designId, status, templateName, createdAtMs, endedAtMs } = facts
  const provider = random.pick(['docusign', 'dropbox_sign'])
  // DocuSign reports only the end of an agreement to Aurora.
  const isFollowed = provider !== 'docusign'
  const wasSeen = status !== 'sent' && status !== 'error'
  return {
    id,
    project_id: projectId,
    design_id: designId,
    agreement_template_name: templateName,
    status,
    signing_provider: provider,
    created_at: toAuroraTime(createdAtMs),
    updated_at: toAuroraTime(endedAtMs),
    sent_at: isFollowed ? toAuroraTime(Math.min(createdAtMs + HOUR_MS, endedAtMs)) : null,
    last_viewed_at: isFollowed && wasSeen ? toAuroraTime(endedAtMs) : null,
    error_message: status === 'error' ? 'signature_request_email_bounce' : null,
  }
}

/** The signed document; undefined as long as there is none. */
export function linkDocument({ id, status }: Agreement): string | undefined {
  return status === 'signed' ? `https://files.example.com/agreements/${id}/signed.pdf` : undefined
}
