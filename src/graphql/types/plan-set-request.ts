// PlanSetRequest: a request to Aurora for drawings for permits.
import { addQueries } from '../fields.ts'
import { choice, createValueType, json, objects, ownWord, raw, text, texts } from '../member.ts'
import { implementNode, lookUp, ownId } from '../node.ts'
import { createOpenEnum } from '../open-enum.ts'
import { foreignId, relation, sole } from '../relation.ts'

const PlanSetRequestStatus = createOpenEnum('PlanSetRequestStatus', {
  description: 'How far a request for a plan set has come. Aurora may add values at any time.',
  values: {
    DRAFT: 'Begun: the intake form is still to be filled out.',
    SUBMITTED: 'Handed in, and worked on.',
    COMPLETED: 'The plan set is ready.',
    REJECTED: 'Turned down: `rejectionReasons` has the reasons.',
  },
})

const PlanSetRejection = createOpenEnum('PlanSetRejection', {
  description: 'Why a request for a plan set was turned down. Aurora may add values at any time.',
  values: {
    MISSING_INFORMATION: 'Information that the drawings need is missing.',
    OUTSIDE_SCOPE: 'Aurora does not make plan sets for such a site or system.',
    OTHER: 'Another reason.',
  },
})

const PlanSetRejectionReason = createValueType('PlanSetRejectionReason', {
  description: 'One reason why a request for a plan set was turned down.',
  fields: {
    reason: choice(PlanSetRejection, 'The reason in general.'),
    reasonRaw: ownWord(),
    subReasons: texts('The reason in detail, in free words.'),
  },
})

implementNode('planSetRequest', {
  description:
    'A set of drawings for permits, asked for from Aurora. It needs a design with modules and a project with an asset. ' +
    'Aurora has released it to some tenants only. The names of its links are inferred: see `raw` where one is null.',
  fields: {
    auroraId: ownId(),
    projectId: foreignId(),
    project: relation('project', 'The project to get permits for.'),
    designId: foreignId(),
    design: relation('design', 'The design to be drawn.'),
    status: choice(PlanSetRequestStatus, 'How far it has come.'),
    statusRaw: ownWord(),
    designUrl: text("Link to the design in the CAD view of Aurora's app."),
    intakeFormUrl: text("Link to the intake form in Aurora's app."),
    projectUrl: text("Link to the overview of the project in Aurora's app."),
    rejectionReasons: objects(PlanSetRejectionReason, 'Why it was turned down; empty or null unless it was.'),
    projectInformation: json(
      'The answers of the intake form about the project: an object that Aurora does not document.',
    ),
    electricalInformation: json(
      'The answers of the intake form about the wiring: an object that Aurora does not document.',
    ),
    planSet: sole('retrievePlanSet', 'The drawings; null while they are not ready. Costs 1 call.'),
    raw: raw(),
  },
})

addQueries({
  planSetRequest: lookUp(
    'planSetRequest',
    'A request for a plan set by id; Aurora has no list of them. Costs 1 call. Not every key may read it: FORBIDDEN.',
  ),
})
