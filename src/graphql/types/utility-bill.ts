// UtilityBill: a bill of the utility that was uploaded to a project.
import { dateTime, identifier, raw, text } from '../member.ts'
import { Node } from '../node.ts'
import { relation } from '../relation.ts'
import { Project, UtilityBill } from './refs.ts'

UtilityBill.implement({
  interfaces: [Node],
  description:
    'A bill of the utility that was uploaded to a project, as a file. Aurora reads it some time after; of several, ' +
    'the one that was read last decides the energy use of the project.',
  fields: (t) => ({
    auroraId: t.id({
      nullable: false,
      description:
        "Aurora's own id. The global `id` has that of the project before it, as Aurora asks for both.",
      resolve: ({ key }) => key.slice(key.indexOf('/') + 1),
    }),
    projectId: t.field(identifier('project_id', "Aurora's id of the project; free.")),
    project: t.field(
      relation(
        'project_id',
        Project,
        'project',
        'The project it was uploaded to. `id` is free; other members cost 1 call unless a list has shown the project.',
      ),
    ),
    filename: t.field(text('filename', 'Name that the file had when it was uploaded.')),
    downloadUrl: t.field(
      text(
        'download_url',
        'Where to download the file: an address that needs no credential and is good for 24 hours from when Aurora was ' +
          'asked. Ask again for a new one.',
      ),
    ),
    createdAt: t.field(dateTime('created_at', 'When it was stored.')),
    raw: t.field(raw('`project_id` is added where Aurora left it out. Costs 1 call for each bill.')),
  }),
})
