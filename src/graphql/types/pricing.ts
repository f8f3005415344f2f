// Pricing: what a design costs the customer, step by step.
import { choice, createValueType, flag, identifier, number, objects, ownWord, text } from '../member.ts'
import { implementNode } from '../node.ts'
import { createOpenEnum } from '../open-enum.ts'
import { parent } from '../relation.ts'
import { ComponentType } from './design-summary.ts'

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
    PERCENT: 'A percentage of the price. Aurora does not say after which step.',
    PER_MODULE: 'A sum per module.',
  },
})

const PriceSubcomponent = createValueType('PriceSubcomponent', {
  description: 'One line under a step of a price: an adder or a discount.',
  fields: {
    adderName: text('What the adder or discount is called; null on lines of other steps.'),
    quantity: number(
      'What its value was multiplied by: 1 if flat, the W of the system if by size, probably the count if per module.',
    ),
    itemPrice: number("Amount of the line, in the tenant's currency."),
  },
})

const PriceBreakdownItem = createValueType('PriceBreakdownItem', {
  description: 'One step on the way to a price.',
  fields: {
    itemType: choice(PriceItemType, 'Which step it is.'),
    itemTypeRaw: text(
      "`itemType` in Aurora's own word, or the current word for one of an older version.",
      'item_type',
    ),
    itemPrice: number(
      "What the step adds, in the tenant's currency. Discounts and incentives are negative as far as is known.",
    ),
    cumulativePrice: number("Running total after the step, in the tenant's currency."),
    subcomponents: objects(PriceSubcomponent, 'The lines the step is made of; may be null or empty.'),
  },
})

export const PricingAdder = createValueType('PricingAdder', {
  description: 'Something put on the price of a design, or taken off it.',
  fields: {
    auroraId: identifier("Aurora's id of the adder as placed on this design.", 'id'),
    adderName: text('What the adder or discount is called.'),
    adderValue: number(
      "Amount of one unit, by `adderType`: a sum, per W or per module in the tenant's currency, or percent.",
    ),
    isDiscount: flag('Whether it is taken off the price.'),
    adderType: choice(AdderType, 'What the value means.'),
    adderTypeRaw: ownWord(),
  },
})

const PricingIncentive = createValueType('PricingIncentive', {
  description: 'A grant that is paid up front. Its amount is in the INCENTIVES step of the breakdown.',
  fields: {
    name: text('What the grant is called.'),
  },
})

const PricingComponent = createValueType('PricingComponent', {
  description:
    'A part of the system with its price. It has no id: match it to the bill of materials by name and maker.',
  fields: {
    componentType: choice(ComponentType, 'Kind of part.'),
    componentTypeRaw: ownWord(),
    name: text('Model.'),
    manufacturerName: text('Maker.'),
    quantity: number('How many.'),
    price: number(
      "In the tenant's currency. Aurora does not say whether it is the price of one or of the whole line: do not add these up.",
    ),
  },
})

implementNode('pricing', {
  description:
    "What a design costs the customer, in the tenant's currency, which Aurora names nowhere. It is found by the " +
    'id of its design, and one call reads all of it.',
  fields: {
    design: parent('design', 'The design it is the price of.'),
    pricingMethod: choice(PricingMethod, 'How the base price comes about.'),
    pricingMethodRaw: text("`pricingMethod` in Aurora's own words.", 'pricing_method'),
    pricePerWatt: number(
      "Base price, in the tenant's currency per W of the design's `systemSizeStc`; null by any other method.",
    ),
    systemPrice: number(
      "Price of the whole system, storage included, in the tenant's currency. Can be 0 if another party owns it.",
    ),
    systemPriceBreakdown: objects(
      PriceBreakdownItem,
      'How the price of the solar part comes about, in steps.',
    ),
    storageSystemPriceBreakdown: objects(
      PriceBreakdownItem,
      'How the price of the storage part comes about, in steps; empty without storage.',
    ),
    adders: objects(PricingAdder, 'Adders and discounts on the design.'),
    incentives: objects(PricingIncentive, 'Grants that are paid up front.'),
    pricingByComponent: objects(PricingComponent, 'The parts of the system with their prices.'),
  },
})
