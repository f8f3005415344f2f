// What happens to agreements in the app: they are sent, viewed, signed and cancelled there only.

import { demand, designOf, mustExist } from '../operation.ts'
import type { OperationRequest } from '../operation.ts'
import type { Agreement } from '../agreement-data.ts'
import { toAuroraTime } from '../timestamps.ts'
import { one, textIn } from './app-change.ts'
import type { MakeChange } from './app-change.ts'

/** The one status that events write otherwise than objects. */
const IN_EVENTS = 'cancel-pending'
const IN_OBJECTS = 'cancel_pending'

/** Gives an agreement another status; without an `agreement_id`, the design of `design_id` gets a new agreement. */
export const signOrChange: MakeChange = (request, { ids, members }) => {
  const { data, maker } = request
  const isNew = ids['agreement_id'] === undefined
  const given = textIn(members, 'status', isNew ? 'sent' : 'signed')
  const status = given === IN_EVENTS ? IN_OBJECTS : given
  const updated_at = toAuroraTime(maker.nowMs())
  const agreement = isNew
    ? createAgreement(request)
    : mustExist(data.agreement(ids['agreement_id'] ?? ''), 'Agreement')
  // Aurora's own rule: a signed agreement cannot be cancelled.
  demand(
    agreement.status !== 'signed' || !status.startsWith('cancel'),
    'a signed agreement cannot be cancelled',
  )
  const changed = { ...agreement, status, updated_at }
  if (isNew) data.changes.agreement.add(changed.project_id, changed)
  else data.changes.agreement.change(changed.id, { status, updated_at })
  return one('agreement_status_changed', {
    PROJECT_ID: changed.project_id,
    DESIGN_ID: changed.design_id,
    AGREEMENT_ID: changed.id,
    FINANCING_ID: chosenFinancing(request, changed.design_id),
    STATUS: status === IN_OBJECTS ? IN_EVENTS : status,
  })
}

function createAgreement(request: OperationRequest): Agreement {
  const { id: design_id, project_id } = designOf(request).design
  const now = toAuroraTime(request.maker.nowMs())
  return {
    id: request.maker.newId(),
    project_id,
    design_id,
    agreement_template_name: 'Purchase agreement',
    status: 'sent',
    signing_provider: 'dropbox_sign',
    created_at: now,
    updated_at: now,
    sent_at: now,
    last_viewed_at: null,
    error_message: null,
  }
}

/** Empty in the event if none was chosen. */
function chosenFinancing({ data }: OperationRequest, designId: string | null): string | null {
  const financings = data.design(designId ?? '')?.financings ?? []
  return financings.find((each) => each.selected_in_sales_mode)?.id ?? null
}
