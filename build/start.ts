// Starts a program of the bundle, of which this file becomes a part. All programs are one script, and V8 takes the functions
// that a start needs as the build has compiled them (compile-ahead.ts): compiling them again is a third of a start.
import { existsSync, readFileSync } from 'node:fs'
import { Script } from 'node:vm'

/** The function that is the whole script: it returns the programs, and each runs when it is called. */
type Evaluate = (
  require: (name: string) => unknown,
  module: { readonly exports: object },
  url: string,
) => Readonly<Record<string, () => Promise<unknown>>>

const url = new URL('programs.js', import.meta.url)

/** Of this release of Node and this kind of processor: V8 checks its own version alone. */
export const compiled = new URL(`${url.href}.${process.version}-${process.arch}`)

export const load = (): Script =>
  // The build has made it ASCII.
  new Script(readFileSync(url, 'latin1'), {
    filename: url.href,
    ...(existsSync(compiled) && { cachedData: readFileSync(compiled) }),
  })

export async function start(name: string, script: Script = load()): Promise<void> {
  const evaluate = script.runInThisContext() as Evaluate
  await evaluate(requireOfNode, { exports: {} }, url.href)[name]?.()
}

/** A package that asks for another one at run time finds what Node itself has, and nothing beside the bundle. */
function requireOfNode(name: string): object {
  const found = process.getBuiltinModule(name)
  if (found) return found
  throw Object.assign(new Error(`The bundle does not contain ${name}`), { code: 'MODULE_NOT_FOUND' })
}
