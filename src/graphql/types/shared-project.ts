// SharedProject: a project that another tenant shares with this one.
import { builder } from '../builder.ts'
import { connection, createConnection } from '../connection.ts'
import { raw } from '../member.ts'
import { Node } from '../node.ts'
import { SharedProject } from './refs.ts'

SharedProject.implement({
  interfaces: [Node],
  description:
    'A project that another tenant shares with this one. Aurora shows it in a list only; whether the project itself ' +
    'can be read with the id is not publicly documented.',
  fields: (t) => ({
    auroraId: t.id({
      nullable: false,
      description: "Aurora's own id, presumably that of the project in the other tenant.",
      resolve: ({ key }) => key,
    }),
    raw: t.field(raw()),
  }),
})

const SharedProjectConnection = createConnection('SharedProject', SharedProject)

builder.queryFields((t) => ({
  sharedProjects: t.field(
    connection(
      SharedProjectConnection,
      'listSharedProjects',
      'All projects that other tenants share with this one, in no promised order. Costs 1 call for each 250 of them.',
    ),
  ),
}))
