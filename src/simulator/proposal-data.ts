// The tenant's templates of proposals, and the proposal of a design in the app and on the web.

import type { CoreData, DesignRecord } from './core-data.ts'
import { memoize } from './lazy.ts'
import { createRandom, named } from './random.ts'
import { HOUR_MS, toAuroraTime } from './timestamps.ts'

export type Proposal = ReturnType<typeof describeProposal>

export interface WebProposal {
  readonly url: string | null
  readonly url_expired: boolean
}

const TEMPLATES = ['Residential standard', 'Residential with storage', 'Commercial', 'One page', 'Spanish']

export function createProposals({ seed, ...core }: CoreData) {
  const proposalTemplates = named(seed, 'proposal template', TEMPLATES)
  /** Undefined for a design that was never proposed. */
  const proposal = memoize((designId) => {
    const record = core.design(designId)
    return record && isProposed(seed, record) ? describeProposal(seed, record, proposalTemplates) : undefined
  })
  return {
    proposalTemplates,
    proposal,
    /** Undefined for an unknown design only. */
    webProposal(designId: string): WebProposal | undefined {
      if (!core.design(designId)) return undefined
      const random = createRandom(seed, 'web proposal', designId)
      const token = random.uuid().slice(0, 8)
      return proposal(designId) && random.chance(0.7)
        ? { url: `https://proposals.example.com/e-proposal/${token}`, url_expired: random.chance(0.4) }
        : { url: null, url_expired: false }
    },
  }
}

/** A design that was offered has a proposal. Some other simulated designs have one too. */
function isProposed(seed: number, { design, isSimulated }: DesignRecord): boolean {
  return design.milestone !== null || (isSimulated && createRandom(seed, 'proposed', design.id).chance(0.4))
}

function describeProposal(
  seed: number,
  { design }: DesignRecord,
  templates: readonly { readonly id: string }[],
) {
  const random = createRandom(seed, 'proposal', design.id)
  const createdAtMs = Date.parse(design.created_at) + random.int(1, 20) * HOUR_MS
  return {
    id: random.uuid(),
    created_at: toAuroraTime(createdAtMs),
    updated_at: toAuroraTime(createdAtMs + random.int(0, 48) * HOUR_MS),
    proposal_template_id: random.chance(0.9) ? random.pick(templates).id : null,
    proposal_link: linkProposal(design.project_id, design.id),
  }
}

export function linkProposal(projectId: string, designId: string): string {
  return `https://app.example.com/projects/${projectId}/designs/${designId}/e-proposal/overview`
}
