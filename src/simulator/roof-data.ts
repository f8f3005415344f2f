// The roof of a design: each face with arrays, some faces without, and the racking of the arrays.

import { measureModule } from './component-data.ts'
import type { DesignRecord } from './core-data.ts'
import { createRandom, roundTo, sum } from './random.ts'
import type { Random } from './random.ts'

type Face = ReturnType<typeof toFace>
type PlacedArray = DesignRecord['summary']['arrays'][number]

/** Areas in square feet and edges in feet: the tenant is American, and Aurora documents no units. */
export function createRoofs(seed: number, { design, summary }: DesignRecord) {
  const random = createRandom(seed, 'roof', design.id)
  const numbers = [...new Set(summary.arrays.map(({ face }) => face))]
  const used = numbers.map((number) =>
    coverFace(
      random,
      summary.arrays.filter(({ face }) => face === number),
    ),
  )
  const bare = Array.from({ length: random.int(1, 2) }, () => leaveFace(random))
  const garage = random.chance(0.3) ? [[leaveFace(random), leaveFace(random)]] : []
  return [[...used, ...bare], ...garage].map((faces) => toRoof(random, faces))
}

const MM2_PER_SQUARE_FOOT = 304.8 ** 2

function coverFace(random: Random, arrays: readonly PlacedArray[]): Face {
  const modulesArea = sum(arrays.map(({ module }) => module.count * areaOf(module.rating_stc)))
  const { azimuth = 180, pitch = 20 } = arrays[0] ?? {}
  return toFace(modulesArea / random.between(0.4, 0.8), { modulesArea, azimuth, pitch })
}

function areaOf(ratingStc: number): number {
  const { length, width } = measureModule(ratingStc)
  return (length * width) / MM2_PER_SQUARE_FOOT
}

function leaveFace(random: Random): Face {
  const direction = { azimuth: random.between(0, 359, 1), pitch: random.int(10, 34) }
  return toFace(random.between(180, 900), { modulesArea: 0, ...direction })
}

function toFace(area: number, face: { modulesArea: number; azimuth: number; pitch: number }) {
  return {
    area: roundTo(area, 1),
    modules_area: roundTo(face.modulesArea, 1),
    azimuth: face.azimuth,
    pitch: face.pitch,
    modules: face.modulesArea > 0,
  }
}

function toRoof(random: Random, faces: readonly Face[]) {
  const area = roundTo(sum(faces.map((face) => face.area)), 1)
  const side = Math.sqrt(area)
  const [first, ...others] = new Set(faces.map(({ pitch }) => pitch))
  return {
    area,
    modules_area: roundTo(sum(faces.map((face) => face.modules_area)), 1),
    pitch: others.length === 0 ? (first ?? null) : null,
    modules: faces.some(({ modules }) => modules),
    roof_class: classify(faces),
    edges_length: {
      eave: roundTo(side * random.between(1.6, 2), 1),
      hip: random.chance(0.4) ? roundTo(side * random.between(0.8, 1.4), 1) : 0,
      rake: roundTo(side * random.between(0.9, 1.3), 1),
      ridge: roundTo(side * random.between(0.6, 1), 1),
      valley: random.chance(0.3) ? roundTo(side * random.between(0.2, 0.5), 1) : 0,
    },
    faces,
  }
}

/** The steepest roof that Aurora calls flat, in degrees. */
const FLAT_DEGREES = 9.5

function classify(faces: readonly Face[]): string {
  if (faces.every(({ pitch }) => pitch <= FLAT_DEGREES)) return 'flat'
  return { 1: 'monopitch', 2: 'gable' }[faces.length] ?? 'hip'
}

/** One for each array of the summary. Modules on one face are adjacent. */
export function createRackingArrays({ summary }: DesignRecord) {
  return summary.arrays.map(({ face, azimuth, pitch, module, ground_mounted }, index) => ({
    ...layOut(module.count, module.orientation),
    ground_mounted,
    pitch,
    azimuth,
    tilt: 0,
    rotation: 0,
    module: {
      id: module.id,
      manufacturer: module.manufacturer,
      rating_stc: module.rating_stc,
      name: module.name,
      count: module.count,
    },
    adjacent_arrays: summary.arrays.flatMap((other, idx) =>
      other.face === face && idx !== index ? [{ idx, x: roundTo((idx - index) * 12.08, 2), y: -4.64 }] : [],
    ),
  }))
}

const MOST_COLUMNS = 8

/** The row nearest to the ridge comes first and takes what does not fill a row. */
function layOut(count: number, orientation: string) {
  const columns = Math.min(count, MOST_COLUMNS)
  const rows = Math.ceil(count / columns)
  const letter = orientation === 'portrait' ? 'P' : 'L'
  const top = letter.repeat(count - (rows - 1) * columns).padEnd(columns, '0')
  return {
    rows,
    columns,
    array_layout: [top, ...Array.from({ length: rows - 1 }, () => letter.repeat(columns))],
  }
}
