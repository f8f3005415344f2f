// ConsumptionProfile: the energy that a site used before solar.
import { identifier, json, numbers, text } from '../member.ts'
import { implementNode } from '../node.ts'
import { parent } from '../relation.ts'

implementNode('consumptionProfile', {
  description:
    'The energy that a site used before solar, and the rate paid for it. A project has one at the most: it ' +
    'is found by the id of its project, and one call reads all of it.',
  fields: {
    auroraId: identifier("Aurora's own id; may be null, as the profile is asked for by its project.", 'id'),
    projectId: identifier("Aurora's id of the project."),
    project: parent('project', 'The project whose use it is.'),
    location: text('In free words; probably the weather station whose year shaped the hourly use.'),
    utility: text('The company that supplies the energy.'),
    utilityId: identifier("Aurora's id of that company."),
    utilityRate: text("Name of the tariff, in the utility's words."),
    utilityRateId: identifier("Aurora's id of the tariff."),
    utilityRateVersion: text('Which version of the tariff, as tariffs change over the years.'),
    utilityRateVersionId: identifier("Aurora's id of that version of the tariff."),
    inputMode: text(
      'How the use was entered, such as energy or bills by the month, as a word of a set that Aurora does not publish.',
    ),
    inputValues: numbers('What was entered, in the unit that `inputMode` implies; gaps are null.'),
    monthlyBill: numbers('Bill of each month, January first, in USD; gaps are null.'),
    monthlyEnergy: numbers('Energy used in each month, January first, in kWh; gaps are null.'),
    hourlyEnergy: numbers(
      'Energy used in each hour of a typical year, in kWh: 8760 values as a rule, so ask for it only where it is shown.',
    ),
    efficiencyPackages: json('Measures that lower the use: a list whose items Aurora does not document.'),
  },
})
