// Mutations of the price of a design. The bodies are hardly documented in public.
import { builder } from '../builder.ts'
import { assertInput, assertSomething, idOf, readObject, toMembers } from '../input.ts'
import { addMutation } from '../mutation.ts'
import { createDeletedPayload, createObjectPayload } from '../payload.ts'
import { toSource } from '../read-value.ts'
import type { Source } from '../read-value.ts'
import { createOnDesignPayload, onDesign } from './design-payload.ts'
import { PricingAdder } from './pricing.ts'

const AdderPayload = createOnDesignPayload<Source>('AdderPayload', 'adder', {
  type: PricingAdder,
  description:
    'The adder as it was placed; null if it could not be done, or if the answer lacks it. Costs nothing more.',
  reads: '`pricing`, which shows what became of the price, costs 1 call.',
})

const UpdatePricingInput = builder.inputType('UpdatePricingInput', {
  description:
    'What is to change of a price. That Aurora takes these members is inferred from those it answers with: UNPROCESSABLE ' +
    'if it does not.',
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

addMutation('updateDesignPricing', {
  payload: createObjectPayload('pricing', 'The price as it is now'),
  description: 'Changes the price of a design; its financings are then no longer up to date. Costs 1 call.',
  args: (t) => ({
    designId: t.id({ required: true, description: 'The design that is priced, by either id.' }),
    input: t.field({ type: UpdatePricingInput, required: true, description: 'What is to change.' }),
  }),
  read({ designId, input: { other, ...input } }) {
    const path = { design_id: idOf('Design', designId) }
    assertAmount(input.pricePerWatt, 'pricePerWatt')
    assertAmount(input.systemPrice, 'systemPrice')
    const members = { ...readObject(other, 'other'), ...toMembers(input, { nulls: 'kept' }) }
    assertSomething(members)
    return { path, members }
  },
})

addMutation('createAdder', {
  payload: AdderPayload,
  description: 'Puts an adder or a discount on the price of a design. Costs 1 call.',
  args: (t) => ({
    designId: t.id({ required: true, description: 'The design that is priced, by either id.' }),
    input: t.field({ type: CreateAdderInput, required: true, description: 'What is put on it.' }),
  }),
  read({ designId, input: { other, ...input } }) {
    const path = { design_id: idOf('Design', designId) }
    assertAmount(input.adderValue, 'adderValue')
    assertInput(input.adderName.trim() !== '', '`adderName` is empty.')
    return { path, members: { ...readObject(other, 'other'), ...toMembers(input, { nulls: 'dropped' }) } }
  },
  show: onDesign((answer) => answer && toSource(answer)),
})

addMutation('deleteAdder', {
  payload: createDeletedPayload('Adder'),
  description: 'Takes an adder or a discount off the price of a design. Costs 1 call.',
  args: (t) => ({
    id: t.id({
      required: true,
      description: "Aurora's id of the adder as placed on the design: `PricingAdder.auroraId`.",
    }),
    designId: t.id({
      required: true,
      description:
        'The design it is on, by either id. Aurora does not ask for it; the gateway reads its price anew.',
    }),
  }),
  read: ({ id, designId }) => ({
    path: { adder_id: idOf('PricingAdder', id), design_id: idOf('Design', designId) },
  }),
})
