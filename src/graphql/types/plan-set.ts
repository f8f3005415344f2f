// PlanSet: the drawings for a plan set request.
import { identifier, raw, text } from '../member.ts'
import { Node } from '../node.ts'
import { parent } from '../relation.ts'
import { PlanSet, PlanSetRequest } from './refs.ts'

PlanSet.implement({
  interfaces: [Node],
  description:
    'Drawings with which permits are applied for. They go by the id of their request, and one call reads all of it. ' +
    'The names of the links are inferred: see `raw` where one is null.',
  fields: (t) => ({
    planSetRequestId: t.field(
      identifier(
        'plan_set_request_id',
        "Aurora's id of the request that they answer, where the body repeats it.",
      ),
    ),
    planSetRequest: t.field(
      parent(
        PlanSetRequest,
        'planSetRequest',
        'The request that they answer. `id` is free; other members cost 1 call.',
      ),
    ),
    url: t.field(
      text(
        'url',
        'Where to download the drawings as a PDF: soon, as how long the address is good is not documented, and up to ' +
          '10 minutes may have passed here.',
      ),
    ),
    designUrl: t.field(text('design_url', "Link to the design in the CAD view of Aurora's app.")),
    raw: t.field(raw()),
  }),
})
