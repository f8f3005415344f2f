// RoofSummary: measurements of the roofs on a site.
import { builder } from '../builder.ts'
import { flag, number, object, objects } from '../member.ts'
import type { Source } from '../member.ts'
import { Node } from '../node.ts'
import { parent } from '../relation.ts'
import { Design, RoofSummary } from './refs.ts'

const EdgesLength = builder.objectRef<Source>('EdgesLength').implement({
  description:
    "The edges of a roof by kind, each kind in sum, in m or ft: presumably by the tenant's measurement system, as Aurora " +
    'does not say.',
  fields: (t) => ({
    eave: t.field(number('eave', 'The lower edges, where the gutters are.')),
    hip: t.field(number('hip', 'The sloping outer edges, where two faces meet.')),
    rake: t.field(number('rake', 'The sloping edges at a gable.')),
    ridge: t.field(number('ridge', 'The level top edges.')),
    valley: t.field(number('valley', 'The sloping inner edges, where two faces meet.')),
  }),
})

const RoofFace = builder.objectRef<Source>('RoofFace').implement({
  description: 'One even surface of a roof.',
  fields: (t) => ({
    area: t.field(
      number('area', "Its size, in m² or square feet: presumably by the tenant's measurement system."),
    ),
    modulesArea: t.field(number('modules_area', 'How much of it modules cover, in the same unit as `area`.')),
    azimuth: t.field(
      number('azimuth', 'Where it faces, in degrees clockwise from north, as far as is known.'),
    ),
    pitch: t.field(number('pitch', 'How steep it is, in degrees; 0 is flat.')),
    modules: t.field(flag('modules', 'Whether there are modules on it.')),
  }),
})

const Roof = builder.objectRef<Source>('Roof').implement({
  description: 'One roof of a site, such as that of the house or of the garage.',
  fields: (t) => ({
    area: t.field(
      number(
        'area',
        "Size of all its faces, in m² or square feet: presumably by the tenant's measurement system.",
      ),
    ),
    modulesArea: t.field(number('modules_area', 'How much of it modules cover, in the same unit as `area`.')),
    pitch: t.field(number('pitch', 'How steep it is, in degrees; null where its faces differ.')),
    modules: t.field(flag('modules', 'Whether there are modules on it; older versions call it `panels`.')),
    edgesLength: t.field(object('edges_length', EdgesLength, 'Lengths of its edges, by kind.')),
    faces: t.field(objects('faces', RoofFace, 'The surfaces it is made of.')),
  }),
})

RoofSummary.implement({
  interfaces: [Node],
  description:
    'Measures of the roofs that were modelled for a design. It goes by the id of its design, and one call reads all ' +
    'of it.',
  fields: (t) => ({
    design: t.field(
      parent(
        Design,
        'design',
        'The design they were modelled for. `id` is free; other members cost 1 call unless a list has shown the design.',
      ),
    ),
    roofs: t.field(objects('roofs', Roof, 'The roofs of the site; empty while none was modelled.')),
  }),
})
