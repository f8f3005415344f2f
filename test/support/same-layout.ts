// Whether V8 has one hidden class for all objects of one kind: what reads them is then quick, and no class is made for each.
import { setFlagsFromString } from 'node:v8'
import { runInThisContext } from 'node:vm'

/** V8 has other ways for the first objects that a function makes. */
const OBJECTS = 1000

export function haveSameLayout(make: () => object): boolean {
  const objects = Array.from({ length: OBJECTS }, make)
  return askV8('(one, other) => %HaveSameMap(one, other)', objects.at(-1), objects.at(-2))
}

/** Whether V8 has a hidden class for the object. If not, the object is a table of its members, which takes long to copy. */
export const hasLayout = (object: object): boolean => askV8('(one) => %HasFastProperties(one)', object)

function askV8(question: string, ...objects: readonly (object | undefined)[]): boolean {
  setFlagsFromString('--allow-natives-syntax')
  try {
    const ask: unknown = runInThisContext(question)
    return (ask as (...asked: readonly (object | undefined)[]) => boolean)(...objects)
  } finally {
    setFlagsFromString('--no-allow-natives-syntax')
  }
}
