// Lets V8's own threads run after the event loop where both want the same core.
import { readdirSync } from 'node:fs'
import { availableParallelism, getPriority, setPriority } from 'node:os'

/** In the system's steps of "nice": each further step would take another fifth from them. */
const LOWER_BY = 10
const LOWEST = 19
/** What Node has without the flag. */
const USUAL_COUNT = 4
/** Node takes underscores for hyphens, and quotation marks in NODE_OPTIONS. */
const FLAG = /(?:^|[\s"])--v8[-_]pool[-_]size[=\s]"?(-?\d+)/g
/** The first thread after the event loop's only starts tasks of V8 later. */
const OTHERS_BEFORE = 1
/** More than any id of a thread in Linux. */
const MAX_ID = 2 ** 22

/**
 * V8 compiles functions and collects garbage in threads of its own, for minutes after a start. Linux gives a thread that is ready as
 * much of a core as the event loop, so a request beside it would take twice its time. With the lower priority they have a tenth of a
 * core that both want, and all of one that is idle. The event loop waits for a collection in which they take part, so they need
 * that tenth. Other threads, which compress and read files, keep their priority: requests wait for those.
 *
 * On Linux a priority belongs to a thread, and a thread's id takes the place of a process' (setpriority(2)). Other systems are left as
 * they are.
 */
export function lowerThreadsOfV8(nodeFlags: readonly string[]): void {
  if (process.platform !== 'linux') return
  try {
    const priority = Math.min(LOWEST, getPriority() + LOWER_BY)
    const machine = { eventLoop: process.pid, cores: availableParallelism() }
    for (const thread of threadsOfV8(readdirSync('/proc/self/task'), nodeFlags, machine))
      setPriority(thread, priority)
  } catch {
    // A sandbox that forbids it: requests then wait longer beside V8, and nothing else differs.
  }
}

interface Machine {
  /** The id of its thread, which is that of the process. */
  readonly eventLoop: number
  readonly cores: number
}

/**
 * Node starts V8's threads before it runs anything else, and the system numbers threads in their order: after the highest number it
 * begins with low ones again, so those are later than the event loop's.
 */
export function threadsOfV8(
  threads: readonly string[],
  nodeFlags: readonly string[],
  { eventLoop, cores }: Machine,
): readonly number[] {
  const placeOf = (thread: number): number => (thread < eventLoop ? thread + MAX_ID : thread)
  return threads
    .map(Number)
    .filter((thread) => thread !== eventLoop)
    .toSorted((left, right) => placeOf(left) - placeOf(right))
    .slice(OTHERS_BEFORE, OTHERS_BEFORE + countOf(nodeFlags, cores))
}

/** The last flag holds. Below 1, Node chooses the number by the cores. */
function countOf(nodeFlags: readonly string[], cores: number): number {
  const counts = [...nodeFlags.join(' ').matchAll(FLAG)].map(([, count]) => Number(count))
  const given = counts.at(-1) ?? USUAL_COUNT
  return given < 1 ? Math.max(1, cores - 1) : given
}
