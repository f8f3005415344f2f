// ConsumptionProfile: the energy that a site used before solar.
import { identifier, json, numbers, text } from '../member.ts'
import { Node } from '../node.ts'
import { parent } from '../relation.ts'
import { ConsumptionProfile, Project } from './refs.ts'

ConsumptionProfile.implement({
  interfaces: [Node],
  description:
    'The energy that a site used before solar, and the rate paid for it. A project has one at the most: it ' +
    'goes by the id of its project, and one call reads all of it.',
  fields: (t) => ({
    auroraId: t.field(
      identifier('id', "Aurora's own id; may be null, as the profile is asked for by its project."),
    ),
    projectId: t.field(identifier('project_id', "Aurora's id of the project.")),
    project: t.field(
      parent(
        Project,
        'project',
        'The project whose use it is. `id` is free; other members cost 1 call unless a list has shown the project.',
      ),
    ),
    location: t.field(
      text('location', 'In free words; probably the weather station whose year shaped the hourly use.'),
    ),
    utility: t.field(text('utility', 'The company that supplies the energy.')),
    utilityId: t.field(identifier('utility_id', "Aurora's id of that company.")),
    utilityRate: t.field(text('utility_rate', "Name of the tariff, in the utility's words.")),
    utilityRateId: t.field(identifier('utility_rate_id', "Aurora's id of the tariff.")),
    utilityRateVersion: t.field(
      text('utility_rate_version', 'Which version of the tariff, as tariffs change over the years.'),
    ),
    utilityRateVersionId: t.field(
      identifier('utility_rate_version_id', "Aurora's id of that version of the tariff."),
    ),
    inputMode: t.field(
      text(
        'input_mode',
        'How the use was entered, such as energy or bills by the month, as a word of a set that Aurora does not publish.',
      ),
    ),
    inputValues: t.field(
      numbers('input_values', 'What was entered, in the unit that `inputMode` implies; gaps are null.'),
    ),
    monthlyBill: t.field(
      numbers('monthly_bill', 'Bill of each month, January first, in USD; gaps are null.'),
    ),
    monthlyEnergy: t.field(
      numbers('monthly_energy', 'Energy used in each month, January first, in kWh; gaps are null.'),
    ),
    hourlyEnergy: t.field(
      numbers(
        'hourly_energy',
        'Energy used in each hour of a typical year, in kWh: 8760 values as a rule, so ask for it only where it is shown.',
      ),
    ),
    efficiencyPackages: t.field(
      json(
        'efficiency_packages',
        'Measures that lower the use: a list whose items Aurora does not document.',
      ),
    ),
  }),
})
