// RackingArray: modules of a design that are mounted together, for makers of racking.
import type { Members } from '../../aurora/body.ts'
import { builder } from '../builder.ts'
import { fieldsOf } from '../fields.ts'
import type { PartKey } from '../wish.ts'
import type { Row } from '../fields.ts'
import { assertInput } from '../input.ts'
import { createValueType, flag, identifier, number, object, objects, text, texts, whole } from '../member.ts'
import { asJson, toSource } from '../read-value.ts'
import type { Source } from '../read-value.ts'
import type { AuroraObject } from '../../loaders/aurora-object.ts'

const RackingModule = createValueType('RackingModule', {
  description: 'The model of solar module that a racking array is made of.',
  fields: {
    auroraId: identifier("Aurora's id of the component.", 'id'),
    manufacturer: text('Maker.'),
    ratingStc: number('DC power of one module at standard test conditions, in W.'),
    name: text('Model.'),
    count: whole('Number of modules in the array.'),
  },
})

const AdjacentArray = createValueType('AdjacentArray', {
  description:
    'Another array of the same contiguous group: on the same face, of the same model, but not aligned on one grid. Distances ' +
    'are between the centers of the leftmost modules of the two top rows, in a unit that Aurora does not document.',
  fields: {
    idx: whole('Place of the other array in `rackingArrays`, counted from 0 as far as is known.'),
    x: number('Distance along the rows.'),
    y: number('Distance across the rows.'),
  },
})

interface RackingArraySource extends Source {
  readonly members: Members
}

const RackingArray = builder.objectRef<RackingArraySource>('RackingArray').implement({
  description:
    'Modules that will likely be mounted together: of one model, on one grid, with the same azimuth, pitch, tilt, rotation ' +
    'and orientation. Electronics and strings play no part, so it is another grouping than `DesignSummary.arrays`.',
  fields: fieldsOf<RackingArraySource>({
    rows: whole('Number of rows.'),
    columns: whole('Number of columns, gaps included.'),
    arrayLayout: texts(
      'A text for each row, the row nearest to the ridge first, with a letter for each cell: P is a module in portrait, L one ' +
        'in landscape, 0 is none.',
    ),
    groundMounted: flag('Whether it stands on the ground and not on a roof.'),
    pitch: number('How steep the surface below it is, in degrees from the horizontal.'),
    azimuth: number('Where it faces, in degrees clockwise from north: 180 is south.'),
    tilt: number('How far its modules are raised from the surface, in degrees.'),
    rotation: number('How far its modules are turned on the surface, in degrees.'),
    module: object(RackingModule, 'What it is made of.'),
    adjacentArrays: objects(
      AdjacentArray,
      'The other arrays of the group that it touches, directly or through others.',
    ),
    raw: (t) =>
      t.field({
        type: 'JSON',
        description:
          'The whole array as Aurora sent it, with current names beside older ones. Costs nothing more.',
        resolve: ({ members }) => asJson(members),
      }),
  }),
})

/** The query parameter has another name before 2024.05. An unknown parameter has no effect, so both are sent. */
const SPACING_NAMES = ['max_module_spacing', 'max_panel_spacing'] as const

export const rackingArrays: Row<AuroraObject> = (t) =>
  t.field({
    type: [RackingArray],
    nullable: { list: true, items: false },
    extensions: { operation: 'listRackingArrays', partKey },
    description:
      'Its modules as makers of racking need them, in no promised order: `AdjacentArray.idx` counts in this one. Costs 1 call, ' +
      'and 1 more for each other `maxModuleSpacing`.',
    args: {
      maxModuleSpacing: t.arg({
        type: 'Float',
        description:
          'Modules farther apart than this are in separate arrays; passed on to Aurora as it is. Aurora documents the default, ' +
          '2.6 cm (1 cm before 2024.05), but not the unit of the value. Above 0.',
      }),
    },
    async resolve({ key }, { maxModuleSpacing }, { loaders }) {
      const query = readSpacing(maxModuleSpacing)
      const arrays = await loaders.read('listRackingArrays')(key, query)
      return arrays.map((members) => ({ ...toSource(members), members }))
    },
  })

/** Throws for an invalid spacing, so that no read is planned for it: the field itself refuses it. */
const partKey: PartKey = (key, { maxModuleSpacing }) => {
  readSpacing(maxModuleSpacing as number | null | undefined)
  return key
}

function readSpacing(spacing: number | null | undefined) {
  if (spacing === null || spacing === undefined) return {}
  assertInput(spacing > 0, '`maxModuleSpacing` must be above 0.')
  return Object.fromEntries(SPACING_NAMES.map((name) => [name, String(spacing)]))
}
