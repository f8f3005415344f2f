// DesignSummary: what a design contains and how much energy it makes.
import { builder } from '../builder.ts'
import {
  choice,
  dateTime,
  flag,
  identifier,
  json,
  number,
  numbers,
  object,
  objects,
  objectUnlessEmpty,
  text,
  whole,
} from '../member.ts'
import type { Source } from '../member.ts'
import { Node } from '../node.ts'
import { createOpenEnum } from '../open-enum.ts'
import { parent, relation } from '../relation.ts'
import { Design, DesignSummary, Project } from './refs.ts'

/** Used in the bill of materials and in the prices by component. */
export const ComponentType = createOpenEnum('ComponentType', {
  description: 'Kind of part of a solar system. Aurora says that it will add values.',
  values: {
    MODULES: 'Solar modules (panels).',
    MICROINVERTERS: 'Inverters at each module.',
    INVERTERS: 'Inverters that serve many modules.',
    STRING_INVERTERS: 'Inverters that serve rows of modules, where they are told apart from others.',
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

const BillOfMaterialsItem = builder.objectRef<Source>('BillOfMaterialsItem').implement({
  description: 'A line of the bill of materials: one model of part and how much of it.',
  fields: (t) => ({
    auroraId: t.field(
      identifier(
        'id',
        "Aurora's id of the component, another one in the sandbox than in production; null for parts that are not " +
          'in its catalogue, such as racking of an outside tool.',
      ),
    ),
    componentType: t.field(choice('component_type', ComponentType, 'Kind of part.')),
    componentTypeRaw: t.field(text('component_type', "`componentType` in Aurora's own word.")),
    sku: t.field(text('sku', "The maker's or seller's article number, where known.")),
    name: t.field(text('name', 'Model.')),
    manufacturerName: t.field(text('manufacturer_name', 'Maker.')),
    quantity: t.field(number('quantity', 'How many; racking may be in fractions.')),
  }),
})

const ArrayModule = builder.objectRef<Source>('ArrayModule').implement({
  description: 'The model of solar module that an array is made of.',
  fields: (t) => ({
    auroraId: t.field(identifier('id', "Aurora's id of the component.")),
    name: t.field(text('name', 'Model.')),
    manufacturer: t.field(text('manufacturer', 'Maker.')),
    count: t.field(whole('count', 'Number of modules in the array.')),
    ratingStc: t.field(number('rating_stc', 'DC power of one module at standard test conditions, in W.')),
    orientation: t.field(choice('orientation', ModuleOrientation, 'Which way round the modules lie.')),
    orientationRaw: t.field(text('orientation', "`orientation` in Aurora's own word.")),
  }),
})

const ArrayMicroinverter = builder.objectRef<Source>('ArrayMicroinverter').implement({
  description: 'The model of inverter that sits at each module of an array.',
  fields: (t) => ({
    auroraId: t.field(identifier('id', "Aurora's id of the component.")),
    name: t.field(text('name', 'Model.')),
    count: t.field(whole('count', 'Number of them in the array.')),
    ratedPower: t.field(number('rated_power', 'Rated power of one, in W.')),
  }),
})

const ArrayDcOptimizer = builder.objectRef<Source>('ArrayDcOptimizer').implement({
  description: 'The model of DC optimizer that sits at the modules of an array.',
  fields: (t) => ({
    auroraId: t.field(identifier('id', "Aurora's id of the component.")),
    name: t.field(text('name', 'Model.')),
    count: t.field(whole('count', 'Number of them in the array.')),
  }),
})

const ShadingPercentages = builder.objectRef<Source>('ShadingPercentages').implement({
  description: 'One measure of sunlight, over the year and month by month.',
  fields: (t) => ({
    annual: t.field(number('annual', 'Of the whole year, in percent, 0 to 100.')),
    monthly: t.field(numbers('monthly', 'Of each month, January first, in percent, 0 to 100.')),
  }),
})

const ArrayShading = builder.objectRef<Source>('ArrayShading').implement({
  description: 'How much sunlight reaches an array. Known once an irradiance analysis ran.',
  fields: (t) => ({
    solarAccess: t.field(
      object(
        'solar_access',
        ShadingPercentages,
        'What shade leaves of the sunlight: 100 is no shade at all.',
      ),
    ),
    totalSolarResourceFraction: t.field(
      object(
        'total_solar_resource_fraction',
        ShadingPercentages,
        'Sunlight after shade, tilt and azimuth, against an unshaded array placed at its best (TSRF).',
      ),
    ),
  }),
})

const DesignArray = builder.objectRef<Source>('DesignArray').implement({
  description:
    'Modules that have roof face, model, azimuth, pitch, orientation, electronics and inverter input in common.',
  fields: (t) => ({
    size: t.field(number('size', 'DC power at standard test conditions, in W.')),
    azimuth: t.field(number('azimuth', 'Where it faces, in degrees clockwise from north: 180 is south.')),
    pitch: t.field(number('pitch', 'Tilt, in degrees from the horizontal.')),
    orientation: t.field(
      choice(
        'orientation',
        ModuleOrientation,
        'Which way round the modules lie. Often null: `module { orientation }` is the more dependable.',
      ),
    ),
    orientationRaw: t.field(text('orientation', "`orientation` in Aurora's own word.")),
    configuration: t.field(
      text('configuration', 'How it is mounted, as a word of a set that Aurora does not publish.'),
    ),
    groundMounted: t.field(flag('ground_mounted', 'Whether it stands on the ground and not on a roof.')),
    face: t.field(
      whole(
        'face',
        'Number of the roof face: arrays with the same one share a face. Says nothing of direction.',
      ),
    ),
    module: t.field(object('module', ArrayModule, 'What it is made of.')),
    microinverter: t.field(
      object('microinverter', ArrayMicroinverter, 'The inverters at its modules; null where it has none.'),
    ),
    dcOptimizer: t.field(
      object('dc_optimizer', ArrayDcOptimizer, 'The DC optimizers at its modules; null where it has none.'),
    ),
    shading: t.field(
      objectUnlessEmpty(
        'shading',
        ArrayShading,
        'How much sunlight reaches it; null until an irradiance analysis ran.',
      ),
    ),
  }),
})

const DesignInverter = builder.objectRef<Source>('DesignInverter').implement({
  description: 'One inverter, a physical device: two of a model are two items.',
  fields: (t) => ({
    auroraId: t.field(identifier('id', "Aurora's id of the component: two of a model share it.")),
    name: t.field(text('name', 'Model.')),
    manufacturer: t.field(text('manufacturer', 'Maker.')),
    ratedPower: t.field(number('rated_power', 'Rated power, in W.')),
  }),
})

const DesignBattery = builder.objectRef<Source>('DesignBattery').implement({
  description: 'One battery of the design.',
  fields: (t) => ({
    auroraId: t.field(identifier('id', "Aurora's id of the component: two of a model share it.")),
    name: t.field(text('name', 'Model.')),
    hasIntegratedInverter: t.field(flag('has_integrated_inverter', 'Whether an inverter is built into it.')),
  }),
})

const EnergyProduction = builder.objectRef<Source>('EnergyProduction').implement({
  description: 'What the design makes, by its last performance simulation.',
  fields: (t) => ({
    upToDate: t.field(
      flag(
        'up_to_date',
        'False when the design changed after the simulation, so that the figures are of before.',
      ),
    ),
    annual: t.field(number('annual', 'Energy of the first year, in kWh.')),
    annualOffset: t.field(
      number(
        'annual_offset',
        'Share of the yearly consumption that it covers, in percent: 104 is more than all. Null where it could not be worked out.',
      ),
    ),
    annualOffsetRaw: t.field(text('annual_offset', '`annualOffset` as Aurora wrote it, such as `104%`.')),
    monthly: t.field(numbers('monthly', 'Energy of each month of the first year, January first, in kWh.')),
    hourly: t.field(
      numbers('hourly', 'Energy of each hour of the first year, in kWh: 8760 values, and mostly null.'),
    ),
    lossSummary: t.field(
      json('loss_summary', 'Losses in the simulation: a list whose items Aurora does not document.'),
    ),
  }),
})

DesignSummary.implement({
  interfaces: [Node],
  description:
    'What a design contains and what it makes. It goes by the id of its design, and one call reads all of it.',
  fields: (t) => ({
    designId: t.field(identifier('design_id', "Aurora's id of the design.")),
    design: t.field(
      parent(
        Design,
        'design',
        'The design it sums up. `id` is free; other members cost 1 call unless a list has shown the design.',
      ),
    ),
    projectId: t.field(identifier('project_id', "Aurora's id of the project of the design.")),
    project: t.field(
      relation(
        'project_id',
        Project,
        'project',
        'The project of the design. `id` is free; other members cost 1 call unless a list has shown the project.',
      ),
    ),
    externalProviderId: t.field(
      text(
        'external_provider_id',
        "The id of the design in the integrator's own system; null if none was given.",
      ),
    ),
    createdAt: t.field(dateTime('created_at', 'When the design was made.')),
    systemSizeStc: t.field(
      number(
        'system_size_stc',
        'DC power at standard test conditions, in W: the size meant in "a 9.7 kW system".',
      ),
    ),
    systemSizePtc: t.field(
      number('system_size_ptc', 'DC power at PVUSA test conditions, which are nearer to a hot roof, in W.'),
    ),
    systemSizeAc: t.field(number('system_size_ac', 'AC power after the inverters, in W.')),
    billOfMaterials: t.field(
      objects(
        'bill_of_materials',
        BillOfMaterialsItem,
        'Parts needed to build it. Several lines may have the same kind: add up their quantities to count modules.',
      ),
    ),
    arrays: t.field(
      objects(
        'arrays',
        DesignArray,
        'Its modules, grouped into arrays that face the same way and are wired alike.',
      ),
    ),
    stringInverters: t.field(
      objects('string_inverters', DesignInverter, 'Its string inverters, one item per device.'),
    ),
    storageInverters: t.field(
      objects('storage_inverters', DesignInverter, 'The inverters of its batteries, one item per device.'),
    ),
    batteries: t.field(objects('batteries', DesignBattery, 'Its batteries, one item per device.')),
    storageSelectedOperatingMode: t.field(
      text(
        'storage_selected_operating_mode',
        'What the batteries are used for, as a word of a set that Aurora does not publish; null where none was chosen.',
      ),
    ),
    energyProduction: t.field(
      objectUnlessEmpty(
        'energy_production',
        EnergyProduction,
        'What it makes; null until a performance simulation ran.',
      ),
    ),
  }),
})
