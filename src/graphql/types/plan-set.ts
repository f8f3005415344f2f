// PlanSet: the drawings for a plan set request.
import { identifier, raw, text } from '../member.ts'
import { implementNode } from '../node.ts'
import { parent } from '../relation.ts'

implementNode('planSet', {
  description:
    'Drawings with which permits are applied for. They go by the id of their request, and one call reads all of it. ' +
    'The names of the links are inferred: see `raw` where one is null.',
  fields: {
    planSetRequestId: identifier("Aurora's id of the request that they answer, if the body contains it."),
    planSetRequest: parent('planSetRequest', 'The request that they answer.'),
    url: text(
      'Where to download the drawings as a PDF: soon, as how long the address is good is not documented, and up to 10 ' +
        'minutes may have passed here.',
    ),
    designUrl: text("Link to the design in the CAD view of Aurora's app."),
    raw: raw(),
  },
})
