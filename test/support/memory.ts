// Measures the memory in use after a garbage collection.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

export function countHeldBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as (options?: { readonly type: 'minor' }) => void
  collect()
  // V8 frees the memory of buffers beside the program, and counts it as free when the next collection begins.
  collect({ type: 'minor' })
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
