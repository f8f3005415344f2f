// DesignRequest: a roof model ordered from the experts of Aurora.
import { builder } from '../builder.ts'
import { choice, dateTime, identifier, number, text, whole } from '../member.ts'
import { lookUp, Node } from '../node.ts'
import { createOpenEnum } from '../open-enum.ts'
import { relation, wholeList } from '../relation.ts'
import { Design, DesignRequest, Project } from './refs.ts'

const DesignRequestStatus = createOpenEnum('DesignRequestStatus', {
  description:
    'How far a design request has come. Aurora documents the last three; it may add values at any time.',
  values: {
    SUBMITTED: 'Handed in; an inferred word.',
    IN_PROGRESS: 'Being worked on; an inferred word.',
    DESIGNER_COMPLETED: 'The model is built, and waits to be accepted.',
    DESIGNER_REJECTED: 'Turned down: no model can be built.',
    ACCEPTED: 'Accepted: the model is in a design of the project. Final.',
  },
})

DesignRequest.implement({
  interfaces: [Node],
  description:
    'A 3D model of a roof, asked for from the experts of Aurora. Accepting it makes a design. A project has one that ' +
    'is running at the most.',
  fields: (t) => ({
    auroraId: t.id({ nullable: false, description: "Aurora's own id.", resolve: ({ key }) => key }),
    projectId: t.field(
      identifier('project_id', "Aurora's id of the project; as free as `project { auroraId }`."),
    ),
    project: t.field(
      relation(
        'project_id',
        Project,
        'project',
        'The project of the roof. `id` is free; other members cost 1 call unless a list has shown the project.',
      ),
    ),
    designId: t.field(identifier('design_id', "Aurora's id of the design made by accepting; null before.")),
    design: t.field(
      relation(
        'design_id',
        Design,
        'design',
        'The design made by accepting; null before. `id` is free; other members cost 1 call unless a list has shown ' +
          'the design.',
      ),
    ),
    status: t.field(choice('status', DesignRequestStatus, 'How far it has come.')),
    statusRaw: t.field(text('status', "`status` in Aurora's own word.")),
    latitude: t.field(
      number('latitude', 'Of the pin on the roof: decimal degrees, north positive; null where none was set.'),
    ),
    longitude: t.field(
      number('longitude', 'Of the pin on the roof: decimal degrees, east positive; null where none was set.'),
    ),
    sla: t.field(
      whole('sla', 'How soon it was asked for, in minutes: 180 by default, 30 where it was hurried.'),
    ),
    createdAt: t.field(dateTime('created_at', 'When it was asked for.')),
    rejectionReason: t.field(
      text(
        'rejection_reason',
        'Why it was turned down. The name is inferred: null where Aurora calls it otherwise, or did not turn it down.',
      ),
    ),
  }),
})

builder.queryFields((t) => ({
  designRequest: t.field(
    lookUp(
      'designRequest',
      DesignRequest,
      'A design request by id. Costs 1 call; nothing where the list has shown what is asked for. Not every key may ' +
        'read it: FORBIDDEN.',
    ),
  ),
  designRequests: t.field(
    wholeList(
      DesignRequest,
      'listDesignRequests',
      'The design requests of the tenant, in no promised order: as many as Aurora tells in one answer, as its paging ' +
        'is not documented. Costs 1 call. Not every key may read them: FORBIDDEN.',
    ),
  ),
}))
