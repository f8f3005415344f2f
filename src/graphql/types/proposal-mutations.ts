// Mutations of the proposal of a design, in the app and on the web.
import type { AuroraObject } from '../../loaders/aurora-object.ts'
import { builder } from '../builder.ts'
import { idOf } from '../input.ts'
import { createPayload, mutation } from '../mutation.ts'
import { OPTIONS, readOptions } from './job.ts'
import { Proposal, WebProposal } from './refs.ts'

const ProposalPayload = createPayload<AuroraObject>('ProposalPayload', 'proposal', {
  type: Proposal,
  description:
    'The proposal as it is now; null where it could not be done, or where Aurora told nothing of it. What Aurora answered ' +
    'with costs nothing more, other members cost 1 call for all of them.',
})

const DeleteProposalPayload = createPayload<string>('DeleteProposalPayload', 'deletedProposalDesignId', {
  type: 'ID',
  description: "Aurora's id of the design of which the proposal is no more.",
})

const WebProposalPayload = createPayload<AuroraObject>('WebProposalPayload', 'webProposal', {
  type: WebProposal,
  description:
    'The page as it is now, with its new link; null where it could not be done, or where Aurora told nothing of it. What ' +
    'Aurora answered with costs nothing more, other members cost 1 call for all of them.',
})

builder.mutationFields((t) => ({
  createProposal: t.field(
    mutation({
      payload: ProposalPayload,
      operation: 'createProposal',
      description:
        'Makes the default proposal of a design. What happens to one that is there already is not publicly documented. ' +
        'Costs 1 call.',
      args: {
        designId: t.arg.id({ required: true, description: 'The design that is offered, by either id.' }),
        ...OPTIONS,
      },
      async run({ designId, options }, context) {
        const design_id = idOf('Design', designId)
        const answer = await context.write('createProposal', {
          path: { design_id },
          ...readOptions({ options }),
        })
        return answer && context.loaders.read('retrieveProposal')(design_id)
      },
    }),
  ),
  deleteDefaultProposal: t.field(
    mutation({
      payload: DeleteProposalPayload,
      operation: 'deleteDefaultProposal',
      description: 'Deletes the default proposal of a design. Costs 1 call.',
      args: { designId: t.arg.id({ required: true, description: 'The design, by either id.' }) },
      async run({ designId }, { write }) {
        const design_id = idOf('Design', designId)
        await write('deleteDefaultProposal', { path: { design_id } })
        return design_id
      },
    }),
  ),
  generateWebProposalUrl: t.field(
    mutation({
      payload: WebProposalPayload,
      operation: 'generateWebProposalUrl',
      description:
        'Makes the link on which the customer sees the proposal, or renews it; by default it is good for 30 days. Costs 1 ' +
        'call.',
      args: {
        designId: t.arg.id({ required: true, description: 'The design that is offered, by either id.' }),
        ...OPTIONS,
      },
      async run({ designId, options }, context) {
        const design_id = idOf('Design', designId)
        const answer = await context.write('generateWebProposalUrl', {
          path: { design_id },
          ...readOptions({ options }),
        })
        return answer && context.loaders.read('retrieveWebProposal')(design_id)
      },
    }),
  ),
}))
