// Mutations of the price of a design. The bodies are hardly documented in public.
import type { AuroraObject } from '../../loaders/aurora-object.ts'
import { builder } from '../builder.ts'
import { assertInput, assertSomething, idOf, readObject, toMembers } from '../input.ts'
import { toSource } from '../member.ts'
import type { Source } from '../member.ts'
import { createPayload, mutation } from '../mutation.ts'
import { createOnDesignPayload } from './design-payload.ts'
import { PricingAdder } from './pricing.ts'
import { Pricing } from './refs.ts'

const PricingPayload = createPayload<AuroraObject>('PricingPayload', 'pricing', {
  type: Pricing,
  description:
    'The price as it is now; null where it could not be done, or where Aurora told nothing of it. What Aurora answered ' +
    'with costs nothing more, other members cost 1 call for all of them.',
})

const AdderPayload = createOnDesignPayload<Source>('AdderPayload', 'adder', {
  type: PricingAdder,
  description:
    'The adder as it was placed; null where it could not be done, or where Aurora told nothing of it. Costs nothing more.',
  reads: '`pricing`, which shows what became of the price, costs 1 call.',
})

const DeleteAdderPayload = createPayload<string>('DeleteAdderPayload', 'deletedAdderId', {
  type: 'ID',
  description: "Aurora's id of the adder that is no more.",
})

const UpdatePricingInput = builder.inputType('UpdatePricingInput', {
  description:
    'What is to change of a price. That Aurora takes these members is inferred from those it answers with: UNPROCESSABLE ' +
    'where it does not.',
  fields: (t) => ({
    pricingMethod: t.string({
      description: "How the base price comes about, in Aurora's own words, such as `price per watt`.",
    }),
    pricePerWatt: t.float({ description: "Base price, in the tenant's currency per W (STC); at least 0." }),
    systemPrice: t.float({ description: "Base price as one sum, in the tenant's currency; at least 0." }),
    other: t.field({
      type: 'JSON',
      description:
        "An object of further members in Aurora's own names, passed on as it is; of those above, what is given above counts.",
    }),
  }),
})

const CreateAdderInput = builder.inputType('CreateAdderInput', {
  description:
    'Something to put on the price of a design, or to take off it. That Aurora takes these members is inferred from those ' +
    'it answers with.',
  fields: (t) => ({
    adderName: t.string({ required: true, description: 'What it is called on the proposal.' }),
    adderValue: t.float({
      required: true,
      description: "Amount of one unit, in the tenant's currency; at least 0.",
    }),
    isDiscount: t.boolean({ description: 'Whether it is taken off the price.' }),
    other: t.field({
      type: 'JSON',
      description:
        "An object of further members in Aurora's own names, such as the id of an adder of the tenant's database.",
    }),
  }),
})

const assertAmount = (amount: number | null | undefined, name: string): void =>
  assertInput((amount ?? 0) >= 0, `\`${name}\` is at least 0.`)

builder.mutationFields((t) => ({
  updateDesignPricing: t.field(
    mutation({
      payload: PricingPayload,
      operation: 'updateDesignPricing',
      description:
        'Changes the price of a design; its financings are then no longer up to date. Costs 1 call.',
      args: {
        designId: t.arg.id({ required: true, description: 'The design that is priced, by either id.' }),
        input: t.arg({ type: UpdatePricingInput, required: true, description: 'What is to change.' }),
      },
      async run({ designId, input: { other, ...input } }, context) {
        const design_id = idOf('Design', designId)
        assertAmount(input.pricePerWatt, 'pricePerWatt')
        assertAmount(input.systemPrice, 'systemPrice')
        const members = { ...readObject(other, 'other'), ...toMembers(input, { nulls: 'kept' }) }
        assertSomething(members)
        const answer = await context.write('updateDesignPricing', { path: { design_id }, members })
        return answer && context.loaders.read('retrieveDesignPricing')(design_id)
      },
    }),
  ),
}))

builder.mutationFields((t) => ({
  createAdder: t.field(
    mutation({
      payload: AdderPayload,
      operation: 'createAdder',
      description: 'Puts an adder or a discount on the price of a design. Costs 1 call.',
      args: {
        designId: t.arg.id({ required: true, description: 'The design that is priced, by either id.' }),
        input: t.arg({ type: CreateAdderInput, required: true, description: 'What is put on it.' }),
      },
      async run({ designId, input: { other, ...input } }, context) {
        const design_id = idOf('Design', designId)
        assertAmount(input.adderValue, 'adderValue')
        assertInput(input.adderName.trim() !== '', '`adderName` is empty.')
        const members = { ...readObject(other, 'other'), ...toMembers(input, { nulls: 'dropped' }) }
        const answer = await context.write('createAdder', { path: { design_id }, members })
        return { part: answer && toSource(answer), design: context.loaders.object('design').refer(design_id) }
      },
    }),
  ),
  deleteAdder: t.field(
    mutation({
      payload: DeleteAdderPayload,
      operation: 'deleteAdder',
      description: 'Takes an adder or a discount off the price of a design. Costs 1 call.',
      args: {
        id: t.arg.id({
          required: true,
          description: "Aurora's id of the adder as placed on the design: `PricingAdder.auroraId`.",
        }),
        designId: t.arg.id({
          required: true,
          description:
            'The design it is on, by either id. Aurora does not ask for it; the gateway reads its price anew.',
        }),
      },
      async run({ id, designId }, { write }) {
        const adder_id = idOf('PricingAdder', id)
        await write('deleteAdder', { path: { adder_id, design_id: idOf('Design', designId) } })
        return adder_id
      },
    }),
  ),
}))
