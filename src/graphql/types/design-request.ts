// DesignRequest: a roof model ordered from the experts of Aurora.
import { addQueries } from '../fields.ts'
import { choice, dateTime, identifier, number, ownWord, text, whole } from '../member.ts'
import { implementNode, lookUp, ownId } from '../node.ts'
import { createOpenEnum } from '../open-enum.ts'
import { foreignId, relation, wholeList } from '../relation.ts'

const DesignRequestStatus = createOpenEnum('DesignRequestStatus', {
  description:
    'How far a design request has come: submitted, then completed or rejected by the designer, then accepted. Aurora may add ' +
    'values at any time.',
  values: {
    SUBMITTED: 'Handed in.',
    IN_PROGRESS: 'Being worked on; an inferred word.',
    DESIGNER_COMPLETED: 'The model is built, and waits to be accepted.',
    DESIGNER_REJECTED: 'Turned down: no model can be built.',
    ACCEPTED: 'Accepted: the model is in a design of the project. Final.',
  },
})

const ImageSource = createOpenEnum('ImageSource', {
  description:
    'Whose aerial image of a roof is used. Aurora publishes two words, and may add values at any time.',
  values: {
    NEARMAP: 'Of Nearmap; versions before 2024.05 write it NearMap.',
    NEARMAP_TRUE_ORTHO: 'Of Nearmap, seen from straight above at every point.',
  },
})

implementNode('designRequest', {
  description:
    'A 3D model of the roof of a home, asked for from the experts of Aurora, who take about 3 hours of business time. ' +
    'Accepting it makes a design. A project has one that is running at the most.',
  fields: {
    auroraId: ownId(),
    projectId: foreignId(),
    project: relation('project', 'The project of the roof.'),
    designId: identifier("Aurora's id of the design made by accepting; null before."),
    design: relation('design', 'The design made by accepting; null before.'),
    status: choice(DesignRequestStatus, 'How far it has come.'),
    statusRaw: ownWord(),
    imageSrc: choice(ImageSource, 'Whose aerial image is modelled.'),
    imageSrcRaw: ownWord(),
    latitude: number('Of the pin on the roof: decimal degrees, north positive; null if none was set.'),
    longitude: number('Of the pin on the roof: decimal degrees, east positive; null if none was set.'),
    sla: whole('How soon it was asked for, in minutes: 180 by default, 30 if it was hurried.'),
    createdAt: dateTime('When it was asked for.'),
    rejectionReason: text(
      'Why it was turned down. The name is inferred: null if Aurora has another name for it, or did not turn it down.',
    ),
  },
})

addQueries({
  designRequest: lookUp(
    'designRequest',
    'A design request by id. Costs 1 call; nothing if the list has shown all selected fields. Not every key may read it: ' +
      'FORBIDDEN.',
  ),
  designRequests: wholeList(
    'listDesignRequests',
    'The design requests of the tenant, in no promised order. Costs 1 call, and more only if Aurora gives them in pages, ' +
      'which is not documented. Not every key may read them: FORBIDDEN.',
  ),
})
