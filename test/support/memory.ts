// Measures the memory in use after a garbage collection.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

export function countHeldBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  // On Node 24, buffers that the first collection finds are freed beside it, and counted by the next one.
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
