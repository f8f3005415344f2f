// PlanSetRequest: a request to Aurora for drawings for permits.
import { builder } from '../builder.ts'
import { choice, identifier, json, objects, raw, text, texts } from '../member.ts'
import type { Source } from '../member.ts'
import { lookUp, Node } from '../node.ts'
import { createOpenEnum } from '../open-enum.ts'
import { relation, sole } from '../relation.ts'
import { Design, PlanSet, PlanSetRequest, Project } from './refs.ts'

const PlanSetRequestStatus = createOpenEnum('PlanSetRequestStatus', {
  description: 'How far a request for a plan set has come. Aurora may add values at any time.',
  values: {
    DRAFT: 'Begun: the intake form is still to be filled out.',
    SUBMITTED: 'Handed in, and worked on.',
    COMPLETED: 'The plan set is ready.',
    REJECTED: 'Turned down: `rejectionReasons` tells why.',
  },
})

const PlanSetRejection = createOpenEnum('PlanSetRejection', {
  description: 'Why a request for a plan set was turned down. Aurora may add values at any time.',
  values: {
    MISSING_INFORMATION: 'Something that the drawings need was not told.',
    OUTSIDE_SCOPE: 'Aurora does not make plan sets for such a site or system.',
    OTHER: 'Another reason.',
  },
})

const PlanSetRejectionReason = builder.objectRef<Source>('PlanSetRejectionReason').implement({
  description: 'One reason why a request for a plan set was turned down.',
  fields: (t) => ({
    reason: t.field(choice('reason', PlanSetRejection, 'The reason in general.')),
    reasonRaw: t.field(text('reason', "`reason` in Aurora's own word.")),
    subReasons: t.field(texts('sub_reasons', 'The reason in detail, in free words.')),
  }),
})

PlanSetRequest.implement({
  interfaces: [Node],
  description:
    'A set of drawings for permits, asked for from Aurora. It needs a design with modules and a project with an asset. ' +
    'Aurora has released it to some tenants only. The names of its links are inferred: see `raw` where one is null.',
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
        'The project to get permits for. `id` is free; other members cost 1 call unless a list has shown the project.',
      ),
    ),
    designId: t.field(
      identifier('design_id', "Aurora's id of the design; as free as `design { auroraId }`."),
    ),
    design: t.field(
      relation(
        'design_id',
        Design,
        'design',
        'The design to be drawn. `id` is free; other members cost 1 call unless a list has shown the design.',
      ),
    ),
    status: t.field(choice('status', PlanSetRequestStatus, 'How far it has come.')),
    statusRaw: t.field(text('status', "`status` in Aurora's own word.")),
    designUrl: t.field(text('design_url', "Link to the design in the CAD view of Aurora's app.")),
    intakeFormUrl: t.field(text('intake_form_url', "Link to the intake form in Aurora's app.")),
    projectUrl: t.field(text('project_url', "Link to the overview of the project in Aurora's app.")),
    rejectionReasons: t.field(
      objects(
        'rejection_reasons',
        PlanSetRejectionReason,
        'Why it was turned down; empty or null unless it was.',
      ),
    ),
    projectInformation: t.field(
      json(
        'project_information',
        'What the intake form tells of the project: an object that Aurora does not document.',
      ),
    ),
    electricalInformation: t.field(
      json(
        'electrical_information',
        'What the intake form tells of the wiring: an object that Aurora does not document.',
      ),
    ),
    planSet: t.field(
      sole(PlanSet, 'retrievePlanSet', 'The drawings; null while they are not ready. Costs 1 call.'),
    ),
    raw: t.field(raw()),
  }),
})

builder.queryFields((t) => ({
  planSetRequest: t.field(
    lookUp(
      'planSetRequest',
      PlanSetRequest,
      'A request for a plan set by id; Aurora has no list of them. Costs 1 call. Not every key may read it: FORBIDDEN.',
    ),
  ),
}))
