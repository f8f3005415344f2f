// The racking arrays of a design: their documented body, bodies of other forms, and the distance that divides them.
import { describe, expect, it } from 'vitest'
import { askFixedAurora } from '../support/fixed-aurora.ts'

const BODY = {
  rows: 2,
  columns: 8,
  array_layout: ['00PPPP00', 'PPPPPPPP'],
  ground_mounted: false,
  pitch: 20.25,
  azimuth: 271.61,
  tilt: 15,
  rotation: 10.61,
  module: { id: 'm1', manufacturer: 'Corvid', rating_stc: 300.25, name: 'C 300', count: 12 },
  adjacent_arrays: [{ idx: 1, x: -12.08, y: -4.64 }],
  added_later: { deep: true },
}

const openAurora = (racking_arrays: unknown) =>
  askFixedAurora({
    'GET /designs/d1': { design: { id: 'd1' } },
    'GET /designs/d1/racking_arrays': { racking_arrays },
  })

const isRacking = (call: string): boolean => call.includes('racking')

describe('racking arrays', () => {
  it('show every member of their body, and the body itself', async () => {
    await using aurora = await openAurora([BODY])

    const { data, errors } = await aurora.ask(`{ design(id: "d1") { rackingArrays {
      rows columns arrayLayout groundMounted pitch azimuth tilt rotation
      module { auroraId manufacturer ratingStc name count } adjacentArrays { idx x y } raw
    } } }`)

    expect(errors).toBe(undefined)
    expect(data).toEqual({
      design: {
        rackingArrays: [
          {
            rows: 2,
            columns: 8,
            arrayLayout: ['00PPPP00', 'PPPPPPPP'],
            groundMounted: false,
            pitch: 20.25,
            azimuth: 271.61,
            tilt: 15,
            rotation: 10.61,
            module: { auroraId: 'm1', manufacturer: 'Corvid', ratingStc: 300.25, name: 'C 300', count: 12 },
            adjacentArrays: [{ idx: 1, x: -12.08, y: -4.64 }],
            raw: BODY,
          },
        ],
      },
    })
    expect(aurora.takeCalls().filter(isRacking)).toEqual(['GET /designs/d1/racking_arrays'])
  })

  it('of another form show what can be read, and an error at the rest alone', async () => {
    const odd = [{ id: 'x', face: 1 }, { rows: 'two', array_layout: 'PP', module: [], raw: 7 }, null]
    await using aurora = await openAurora(odd)

    const { data, errors } = await aurora.ask(
      '{ design(id: "d1") { rackingArrays { rows arrayLayout module { name } raw } } }',
    )

    const nothing = { rows: null, arrayLayout: null, module: null }
    expect(data).toEqual({
      design: { rackingArrays: odd.slice(0, 2).map((raw) => ({ ...nothing, raw })) },
    })
    expect(errors?.map(({ path, extensions }) => [path?.at(-1), extensions.code]).toSorted()).toEqual([
      ['arrayLayout', 'UPSTREAM_INVALID'],
      ['module', 'UPSTREAM_INVALID'],
      ['rows', 'UPSTREAM_INVALID'],
    ])
  })

  it('are asked for with a distance under its names of all versions, and are another list with each', async () => {
    await using aurora = await openAurora([BODY])
    const query = `{ design(id: "d1") {
      a: rackingArrays { rows } b: rackingArrays(maxModuleSpacing: null) { rows }
      c: rackingArrays(maxModuleSpacing: 2.5) { rows } d: rackingArrays(maxModuleSpacing: 2.5) { columns }
    } }`

    const { data, errors } = await aurora.ask(query)

    expect(errors).toBe(undefined)
    expect(data).toMatchObject({ design: { b: [{ rows: 2 }], d: [{ columns: 8 }] } })
    expect(aurora.takeCalls().filter(isRacking)).toEqual([
      'GET /designs/d1/racking_arrays',
      'GET /designs/d1/racking_arrays?max_module_spacing=2.5&max_panel_spacing=2.5',
    ])
    await aurora.ask(query)
    expect(aurora.takeCalls()).toEqual([])
  })

  it.each([0, -1])('are not asked for with the distance %d', async (spacing) => {
    await using aurora = await openAurora([BODY])

    const { errors } = await aurora.ask(
      `{ design(id: "d1") { rackingArrays(maxModuleSpacing: ${spacing}) { rows } } }`,
    )

    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT'])
    expect(aurora.takeCalls().filter(isRacking)).toEqual([])
  })
})
