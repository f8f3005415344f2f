// Whether V8 has one hidden class for all objects of one kind: what reads them is then quick, and no class is made for each.
import { setFlagsFromString } from 'node:v8'
import { runInThisContext } from 'node:vm'

/** V8 has other ways for the first objects that a function makes. */
const OBJECTS = 1000

export function haveSameLayout(make: () => object): boolean {
  const objects = Array.from({ length: OBJECTS }, make)
  setFlagsFromString('--allow-natives-syntax')
  try {
    const compare: unknown = runInThisContext('(one, other) => %HaveSameMap(one, other)')
    return (compare as (one?: object, other?: object) => boolean)(objects.at(-1), objects.at(-2))
  } finally {
    setFlagsFromString('--no-allow-natives-syntax')
  }
}
