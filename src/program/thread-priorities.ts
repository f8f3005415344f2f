// Lets the other threads of the process run after the event loop if both want the same core.
import { readdir } from 'node:fs/promises'
import { availableParallelism, getPriority, setPriority } from 'node:os'

/** In the system's steps of "nice": each further step would take another fifth from them. */
const LOWER_BY = { v8: 10, others: 5 } as const
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
 * that tenth. The other threads compress, decompress and read files, in pieces of up to 4 ms: requests wait for those, but each for its
 * own only, so they have a quarter.
 *
 * On Linux a priority belongs to a thread, and a thread's id takes the place of a process' (setpriority(2)). Other systems are left as
 * they are.
 */
export async function lowerOtherThreads(nodeFlags: readonly string[]): Promise<void> {
  if (process.platform !== 'linux') return
  try {
    const machine = { eventLoop: process.pid, cores: availableParallelism() }
    // Node reads the folder in one of the other threads, so it has started all of them.
    const { v8, others } = sortThreads(await readdir('/proc/self/task'), nodeFlags, machine)
    lower(v8, LOWER_BY.v8)
    lower(others, LOWER_BY.others)
  } catch {
    // A sandbox that forbids it: requests then wait longer beside these threads, and nothing else differs.
  }
}

function lower(threads: readonly number[], steps: number): void {
  const priority = Math.min(LOWEST, getPriority() + steps)
  for (const thread of threads) setPriority(thread, priority)
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
export function sortThreads(
  threads: readonly string[],
  nodeFlags: readonly string[],
  { eventLoop, cores }: Machine,
): { readonly v8: readonly number[]; readonly others: readonly number[] } {
  const placeOf = (thread: number): number => (thread < eventLoop ? thread + MAX_ID : thread)
  const inOrder = threads
    .map(Number)
    .filter((thread) => thread !== eventLoop)
    .toSorted((left, right) => placeOf(left) - placeOf(right))
  const end = OTHERS_BEFORE + countOf(nodeFlags, cores)
  return { v8: inOrder.slice(OTHERS_BEFORE, end), others: inOrder.slice(end) }
}

/** The last flag holds. Below 1, Node chooses the number by the cores. */
function countOf(nodeFlags: readonly string[], cores: number): number {
  const counts = [...nodeFlags.join(' ').matchAll(FLAG)].map(([, count]) => Number(count))
  const given = counts.at(-1) ?? USUAL_COUNT
  return given < 1 ? Math.max(1, cores - 1) : given
}
