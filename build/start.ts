// Starts a program of the bundle, of which this file becomes a part. All programs are one script, and V8 takes the functions
// that a start needs as the build has compiled them (compile-ahead.ts): compiling them again is a third of a start.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { Script } from 'node:vm'

/** The function that is the whole script: it returns the programs, and each runs when it is called. */
type Evaluate = (
  require: (name: string) => unknown,
  module: { readonly exports: object },
  url: string,
) => Readonly<Record<string, () => Promise<unknown>>>

const SCRIPT = new URL('programs.js', import.meta.url)
/** The compiled code, behind the digest of what it belongs to. */
const COMPILED = new URL('programs.compiled', import.meta.url)
const DIGEST_BYTES = 32

export function load(): Script {
  const source = readFileSync(SCRIPT)
  const cachedData = readCompiled(source)
  // The build has made the source ASCII.
  return new Script(source.toString('latin1'), { filename: SCRIPT.href, ...(cachedData && { cachedData }) })
}

export async function start(name: string, script: Script = load()): Promise<void> {
  const evaluate = script.runInThisContext() as Evaluate
  await evaluate(requireOfNode, { exports: {} }, SCRIPT.href)[name]?.()
}

/** To be called at the end of a process, in which the functions that a start needs were called. */
export function keepCompiled(script: Script): void {
  // V8 takes compiled code under the same flags only, and src/program/keep-requests-young.ts switches this one off.
  setFlagsFromString('--allocation-site-pretenuring')
  const code = script.createCachedData()
  writeFileSync(COMPILED, Buffer.concat([digestOf(readFileSync(SCRIPT), code), code]))
}

function readCompiled(source: Buffer): Buffer | null {
  if (!existsSync(COMPILED)) return null
  const kept = readFileSync(COMPILED)
  const code = kept.subarray(DIGEST_BYTES)
  return digestOf(source, code).equals(kept.subarray(0, DIGEST_BYTES)) ? code : null
}

/**
 * V8 itself checks its version, its flags and the length of the source, and takes code that a disk has changed. On Node 20 the
 * code keeps the place of the script, which stacks name.
 */
const digestOf = (source: Buffer, code: Buffer): Buffer =>
  createHash('sha256')
    .update(`${process.version} ${process.arch} ${SCRIPT.href} `)
    .update(source)
    .update(code)
    .digest()

/** A package that asks for another one at run time finds what Node itself has, and nothing beside the bundle. */
function requireOfNode(name: string): object {
  const found = process.getBuiltinModule(name)
  if (found) return found
  throw Object.assign(new Error(`The bundle does not contain ${name}`), { code: 'MODULE_NOT_FOUND' })
}
