// Pricing: what a design costs the customer, step by step.
import { builder } from '../builder.ts'
import { choice, flag, identifier, number, objects, text } from '../member.ts'
import type { Source } from '../member.ts'
import { Node } from '../node.ts'
import { createOpenEnum } from '../open-enum.ts'
import { parent } from '../relation.ts'
import { ComponentType } from './design-summary.ts'
import { Design, Pricing } from './refs.ts'

const PricingMethod = createOpenEnum('PricingMethod', {
  description: 'How the base price comes about. Aurora may add values at any time.',
  values: {
    PRICE_PER_WATT: 'A price per W of DC power at standard test conditions.',
    FLAT_PRICE: 'One sum, whatever the size.',
    PRICE_PER_COMPONENT: 'The sum of the prices of the parts.',
  },
})

const PriceItemType = createOpenEnum('PriceItemType', {
  description:
    'Step of a price. They come in this order: starting price, base price, adders, discounts, incentives. Aurora may ' +
    'add values at any time.',
  values: {
    STARTING_PRICE: 'A sum that the tenant puts under every price.',
    BASE_PRICE: 'The system by its pricing method.',
    ADDERS: 'What is charged besides, such as a new main panel.',
    DISCOUNTS: 'What is taken off. The running total after this step is the price before incentives.',
    INCENTIVES: 'Grants that are paid up front.',
  },
})

const AdderType = createOpenEnum('AdderType', {
  description: 'What the value of an adder means. Aurora may add values at any time.',
  values: {
    FLAT: "A sum, in the tenant's currency.",
    SYSTEM_SIZE: "A sum per W of the system's DC power (STC).",
    PERCENT: 'A percentage of the price; after which step, Aurora does not say.',
    PER_MODULE: 'A sum per module.',
  },
})

const PriceSubcomponent = builder.objectRef<Source>('PriceSubcomponent').implement({
  description: 'One line under a step of a price: an adder or a discount.',
  fields: (t) => ({
    adderName: t.field(
      text('adder_name', 'What the adder or discount is called; null on lines of other steps.'),
    ),
    quantity: t.field(
      number(
        'quantity',
        'What its value was multiplied by: 1 if flat, the W of the system if by size, probably the count if per module.',
      ),
    ),
    itemPrice: t.field(number('item_price', "Amount of the line, in the tenant's currency.")),
  }),
})

const PriceBreakdownItem = builder.objectRef<Source>('PriceBreakdownItem').implement({
  description: 'One step on the way to a price.',
  fields: (t) => ({
    itemType: t.field(choice('item_type', PriceItemType, 'Which step it is.')),
    itemTypeRaw: t.field(
      text('item_type', "`itemType` in Aurora's own word, or the current word for one of an older version."),
    ),
    itemPrice: t.field(
      number(
        'item_price',
        "What the step adds, in the tenant's currency. Discounts and incentives are negative as far as is known.",
      ),
    ),
    cumulativePrice: t.field(
      number('cumulative_price', "Running total after the step, in the tenant's currency."),
    ),
    subcomponents: t.field(
      objects('subcomponents', PriceSubcomponent, 'The lines the step is made of; may be null or empty.'),
    ),
  }),
})

export const PricingAdder = builder.objectRef<Source>('PricingAdder').implement({
  description: 'Something put on the price of a design, or taken off it.',
  fields: (t) => ({
    auroraId: t.field(identifier('id', "Aurora's id of the adder as placed on this design.")),
    adderName: t.field(text('adder_name', 'What the adder or discount is called.')),
    adderValue: t.field(
      number(
        'adder_value',
        "Amount of one unit, by `adderType`: a sum, per W or per module in the tenant's currency, or percent.",
      ),
    ),
    isDiscount: t.field(flag('is_discount', 'Whether it is taken off the price.')),
    adderType: t.field(choice('adder_type', AdderType, 'What the value means.')),
    adderTypeRaw: t.field(text('adder_type', "`adderType` in Aurora's own word.")),
  }),
})

const PricingIncentive = builder.objectRef<Source>('PricingIncentive').implement({
  description: 'A grant that is paid up front. Its amount is in the INCENTIVES step of the breakdown.',
  fields: (t) => ({
    name: t.field(text('name', 'What the grant is called.')),
  }),
})

const PricingComponent = builder.objectRef<Source>('PricingComponent').implement({
  description:
    'A part of the system with its price. It has no id: match it to the bill of materials by name and maker.',
  fields: (t) => ({
    componentType: t.field(choice('component_type', ComponentType, 'Kind of part.')),
    componentTypeRaw: t.field(text('component_type', "`componentType` in Aurora's own word.")),
    name: t.field(text('name', 'Model.')),
    manufacturerName: t.field(text('manufacturer_name', 'Maker.')),
    quantity: t.field(number('quantity', 'How many.')),
    price: t.field(
      number(
        'price',
        "In the tenant's currency. Whether of one or of the whole line, Aurora does not say: do not add these up.",
      ),
    ),
  }),
})

Pricing.implement({
  interfaces: [Node],
  description:
    "What a design costs the customer, in the tenant's currency, which Aurora names nowhere. It goes by the " +
    'id of its design, and one call reads all of it.',
  fields: (t) => ({
    design: t.field(
      parent(
        Design,
        'design',
        'The design it is the price of. `id` is free; other members cost 1 call unless a list has shown the design.',
      ),
    ),
    pricingMethod: t.field(choice('pricing_method', PricingMethod, 'How the base price comes about.')),
    pricingMethodRaw: t.field(text('pricing_method', "`pricingMethod` in Aurora's own words.")),
    pricePerWatt: t.field(
      number(
        'price_per_watt',
        "Base price, in the tenant's currency per W of the design's `systemSizeStc`; null by any other method.",
      ),
    ),
    systemPrice: t.field(
      number(
        'system_price',
        "Price of the whole system, storage included, in the tenant's currency. Can be 0 where somebody else owns it.",
      ),
    ),
    systemPriceBreakdown: t.field(
      objects(
        'system_price_breakdown',
        PriceBreakdownItem,
        'How the price of the solar part comes about, in steps.',
      ),
    ),
    storageSystemPriceBreakdown: t.field(
      objects(
        'storage_system_price_breakdown',
        PriceBreakdownItem,
        'How the price of the storage part comes about, in steps; empty without storage.',
      ),
    ),
    adders: t.field(objects('adders', PricingAdder, 'Adders and discounts on the design.')),
    incentives: t.field(objects('incentives', PricingIncentive, 'Grants that are paid up front.')),
    pricingByComponent: t.field(
      objects('pricing_by_component', PricingComponent, 'The parts of the system with their prices.'),
    ),
  }),
})
