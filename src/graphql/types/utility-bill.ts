// UtilityBill: a bill of the utility that was uploaded to a project.
import { dateTime, identifier, raw, text } from '../member.ts'
import { implementNode, ownId } from '../node.ts'
import { relation } from '../relation.ts'

implementNode('utilityBill', {
  description:
    'A bill of the utility that was uploaded to a project, as a file. Aurora reads it some time after; of several, ' +
    'the one that was read last decides the energy use of the project.',
  fields: {
    auroraId: ownId(
      "Aurora's own id. The global `id` has that of the project before it, because Aurora needs both.",
    ),
    projectId: identifier("Aurora's id of the project; free."),
    project: relation('project', 'The project it was uploaded to.'),
    filename: text('Name that the file had when it was uploaded.'),
    downloadUrl: text(
      'Where to download the file: an address that needs no credential and is good for 24 hours from when Aurora was asked. ' +
        'Ask again for a new one.',
    ),
    createdAt: dateTime('When it was stored.'),
    raw: raw('`project_id` is added where Aurora left it out. Costs 1 call for each bill.'),
  },
})
