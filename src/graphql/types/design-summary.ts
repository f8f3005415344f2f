// DesignSummary: what a design contains and how much energy it makes.
import {
  choice,
  createValueType,
  dateTime,
  flag,
  identifier,
  json,
  number,
  numbers,
  object,
  objects,
  objectUnlessEmpty,
  ownWord,
  text,
  whole,
} from '../member.ts'
import { implementNode } from '../node.ts'
import { createOpenEnum } from '../open-enum.ts'
import { parent, relation } from '../relation.ts'

/** Used in the bill of materials and in the prices by component. */
export const ComponentType = createOpenEnum('ComponentType', {
  description: 'Kind of part of a solar system. Aurora has announced that it will add values.',
  values: {
    MODULES: 'Solar modules (panels).',
    MICROINVERTERS: 'Inverters at each module.',
    INVERTERS: 'Inverters that serve many modules.',
    STRING_INVERTERS: 'Inverters that serve rows of modules, if they are distinguished from others.',
    DC_OPTIMIZERS: 'Electronics at each module that get the most out of it before the inverter.',
    BATTERIES: 'Stores of energy.',
    COMBINER_BOXES: 'Boxes that join the circuits of several rows of modules.',
    LOAD_CENTERS: 'Panels that spread power to the circuits of the building.',
    DISCONNECTS: 'Switches that cut the system off.',
    SERVICE_PANELS: 'Main panels, where the grid enters the building.',
    METERS: 'Devices that measure energy.',
    RACKING_COMPONENTS: 'Rails, clamps and other parts of the mounting.',
  },
})

const ModuleOrientation = createOpenEnum('ModuleOrientation', {
  description: 'Which way round modules lie. Aurora may add values at any time.',
  values: { PORTRAIT: 'Upright: the short edge is level.', LANDSCAPE: 'Lying: the long edge is level.' },
})

const BillOfMaterialsItem = createValueType('BillOfMaterialsItem', {
  description: 'A line of the bill of materials: one model of part and how much of it.',
  fields: {
    auroraId: identifier(
      "Aurora's id of the component, another one in the sandbox than in production; null for parts that are not in its " +
        'catalogue, such as racking of an outside tool.',
      'id',
    ),
    componentType: choice(ComponentType, 'Kind of part.'),
    componentTypeRaw: ownWord(),
    sku: text("The maker's or seller's article number, if it is known."),
    name: text('Model.'),
    manufacturerName: text('Maker.'),
    quantity: number('How many; racking may be in fractions.'),
  },
})

const MAKER_OF_PART =
  'Maker; that of the bill of materials of the same summary where Aurora leaves it out here.'

const ArrayModule = createValueType('ArrayModule', {
  description: 'The model of solar module that an array is made of.',
  fields: {
    auroraId: identifier("Aurora's id of the component.", 'id'),
    name: text('Model.'),
    manufacturer: text(MAKER_OF_PART),
    count: whole('Number of modules in the array.'),
    ratingStc: number('DC power of one module at standard test conditions, in W.'),
    orientation: choice(ModuleOrientation, 'Which way round the modules lie.'),
    orientationRaw: ownWord(),
  },
})

const ArrayMicroinverter = createValueType('ArrayMicroinverter', {
  description: 'The model of inverter that sits at each module of an array.',
  fields: {
    auroraId: identifier("Aurora's id of the component.", 'id'),
    name: text('Model.'),
    count: whole('Number of them in the array.'),
    ratedPower: number('Rated power of one, in W.'),
    manufacturer: text(MAKER_OF_PART),
  },
})

const ArrayDcOptimizer = createValueType('ArrayDcOptimizer', {
  description: 'The model of DC optimizer that sits at the modules of an array.',
  fields: {
    auroraId: identifier("Aurora's id of the component.", 'id'),
    name: text('Model.'),
    count: whole('Number of them in the array.'),
    manufacturer: text(MAKER_OF_PART),
  },
})

const ShadingPercentages = createValueType('ShadingPercentages', {
  description: 'One measure of sunlight, over the year and month by month.',
  fields: {
    annual: number('Of the whole year, in percent, 0 to 100.'),
    monthly: numbers('Of each month, January first, in percent, 0 to 100.'),
  },
})

const ArrayShading = createValueType('ArrayShading', {
  description: 'How much sunlight reaches an array. Known once an irradiance analysis ran.',
  fields: {
    solarAccess: object(ShadingPercentages, 'What shade leaves of the sunlight: 100 is no shade at all.'),
    totalSolarResourceFraction: object(
      ShadingPercentages,
      'Sunlight after shade, tilt and azimuth, against an unshaded array placed at its best (TSRF).',
    ),
  },
})

const DesignArray = createValueType('DesignArray', {
  description:
    'Modules that have roof face, model, azimuth, pitch, orientation, electronics and inverter input in common.',
  fields: {
    size: number('DC power at standard test conditions, in W.'),
    azimuth: number('Where it faces, in degrees clockwise from north: 180 is south.'),
    pitch: number('Tilt, in degrees from the horizontal.'),
    orientation: choice(
      ModuleOrientation,
      'Which way round the modules lie. Often null: `module { orientation }` is the more dependable.',
    ),
    orientationRaw: ownWord(),
    configuration: text('How it is mounted, as a word of a set that Aurora does not publish.'),
    groundMounted: flag('Whether it stands on the ground and not on a roof.'),
    face: whole('Number of the roof face: arrays with the same one share a face. Says nothing of direction.'),
    module: object(ArrayModule, 'What it is made of.'),
    microinverter: object(ArrayMicroinverter, 'The inverters at its modules; null if it has none.'),
    dcOptimizer: object(ArrayDcOptimizer, 'The DC optimizers at its modules; null if it has none.'),
    shading: objectUnlessEmpty(
      ArrayShading,
      'How much sunlight reaches it; null until an irradiance analysis ran.',
    ),
  },
})

const DesignInverter = createValueType('DesignInverter', {
  description: 'One inverter, a physical device: two of a model are two items.',
  fields: {
    auroraId: identifier("Aurora's id of the component: two of a model share it.", 'id'),
    name: text('Model.'),
    manufacturer: text(MAKER_OF_PART),
    ratedPower: number('Rated power, in W.'),
  },
})

const DesignBattery = createValueType('DesignBattery', {
  description: 'One battery of the design.',
  fields: {
    auroraId: identifier("Aurora's id of the component: two of a model share it.", 'id'),
    name: text('Model.'),
    manufacturer: text(MAKER_OF_PART),
    hasIntegratedInverter: flag('Whether an inverter is built into it.'),
  },
})

const EnergyProduction = createValueType('EnergyProduction', {
  description: 'What the design makes, by its last performance simulation.',
  fields: {
    upToDate: flag('False when the design changed after the simulation, so that the figures are of before.'),
    annual: number('Energy of the first year, in kWh.'),
    annualOffset: number(
      'Share of the yearly consumption that it covers, in percent: 104 is more than all. Null if it could not be worked out.',
    ),
    annualOffsetRaw: text('`annualOffset` as Aurora wrote it, such as `104%`.', 'annual_offset'),
    monthly: numbers('Energy of each month of the first year, January first, in kWh.'),
    hourly: numbers('Energy of each hour of the first year, in kWh: 8760 values, and mostly null.'),
    lossSummary: json('Losses in the simulation: a list whose items Aurora does not document.'),
  },
})

implementNode('designSummary', {
  description:
    'What a design contains and what it makes. It is found by the id of its design, and one call reads all of it.',
  fields: {
    designId: identifier("Aurora's id of the design."),
    design: parent('design', 'The design it sums up.'),
    projectId: identifier("Aurora's id of the project of the design."),
    project: relation('project', 'The project of the design.'),
    externalProviderId: text("The id of the design in the integrator's own system; null if none was given."),
    createdAt: dateTime('When the design was made.'),
    systemSizeStc: number('DC power at standard test conditions, in W: the size meant in "a 9.7 kW system".'),
    systemSizePtc: number('DC power at PVUSA test conditions, which are nearer to a hot roof, in W.'),
    systemSizeAc: number('AC power after the inverters, in W.'),
    billOfMaterials: objects(
      BillOfMaterialsItem,
      'Parts needed to build it. Several lines may have the same kind: add up their quantities to count modules.',
    ),
    arrays: objects(
      DesignArray,
      'Its modules, grouped into arrays that face the same way and are wired alike.',
    ),
    stringInverters: objects(DesignInverter, 'Its string inverters, one item per device.'),
    storageInverters: objects(DesignInverter, 'The inverters of its batteries, one item per device.'),
    batteries: objects(DesignBattery, 'Its batteries, one item per device.'),
    storageSelectedOperatingMode: text(
      'What the batteries are used for, as a word of a set that Aurora does not publish; null if none was chosen.',
    ),
    energyProduction: objectUnlessEmpty(
      EnergyProduction,
      'What it makes; null until a performance simulation ran.',
    ),
  },
})
