// RoofSummary: measurements of the roofs on a site.
import { choice, createValueType, flag, number, object, objects, ownWord } from '../member.ts'
import { implementNode } from '../node.ts'
import { createOpenEnum } from '../open-enum.ts'
import { parent } from '../relation.ts'

const RoofClass = createOpenEnum('RoofClass', {
  description: 'Form of a roof. Aurora may add values at any time.',
  values: {
    FLAT: 'Up to about 9.5 degrees steep.',
    MONOPITCH: 'One sloping face.',
    HIP: 'Sloping on all sides.',
    GABLE: 'Two faces that meet at a ridge, with an upright wall at each end.',
  },
})

const EdgesLength = createValueType('EdgesLength', {
  description:
    'The edges of a roof by kind, each kind in sum, in m or ft by a setting of the tenant. A roof with simple faces has no ' +
    'kinds of edges.',
  fields: {
    eave: number('The lower edges, where the gutters are.'),
    hip: number('The sloping outer edges, where two faces meet.'),
    rake: number('The sloping edges at a gable.'),
    ridge: number('The level top edges.'),
    valley: number('The sloping inner edges, where two faces meet.'),
  },
})

const RoofFace = createValueType('RoofFace', {
  description: 'One even surface of a roof.',
  fields: {
    area: number('Its size, in m² or square feet by a setting of the tenant.'),
    modulesArea: number('How much of it modules cover, in the same unit as `area`.'),
    azimuth: number('Where it faces, in degrees clockwise from north, as far as is known.'),
    pitch: number('How steep it is, in degrees; 0 is flat.'),
    modules: flag('Whether there are modules on it.'),
  },
})

const Roof = createValueType('Roof', {
  description: 'One roof of a site, such as that of the house or of the garage.',
  fields: {
    area: number('Size of all its faces, in m² or square feet by a setting of the tenant.'),
    modulesArea: number('How much of it modules cover, in the same unit as `area`.'),
    pitch: number('How steep it is, in degrees, if all its faces have the same; null if they differ.'),
    roofClass: choice(
      RoofClass,
      'Which form it has. The name of the member is inferred: null if Aurora has another name for it.',
    ),
    roofClassRaw: ownWord(),
    modules: flag('Whether there are modules on it; older versions call it `panels`.'),
    edgesLength: object(
      EdgesLength,
      'Lengths of its edges, by kind; null or without kinds where its faces are simple.',
    ),
    faces: objects(RoofFace, 'The surfaces it is made of.'),
  },
})

implementNode('roofSummary', {
  description:
    'Measures of the roofs that were modelled for a design. It is found by the id of its design, and one call reads all ' +
    'of it.',
  fields: {
    design: parent('design', 'The design they were modelled for.'),
    roofs: objects(Roof, 'The roofs of the site; empty while none was modelled.'),
  },
})
