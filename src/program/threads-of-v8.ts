// Lets V8's own threads run after the event loop where both want the same core.
import { readdirSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'

/** In the system's steps of "nice": each further step would take another fifth from them. */
const LOWER_BY = 10
const LOWEST = 19
/** What Node has without the flag. */
const USUAL_COUNT = 4
const FLAG = /(?:^|\s)--v8-pool-size[=\s](\d+)/g
/** The first thread is the event loop's, and the second one only starts tasks of V8 later. */
const OTHERS_BEFORE = 2

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
    for (const thread of threadsOfV8(readdirSync('/proc/self/task'), nodeFlags)) setPriority(thread, priority)
  } catch {
    // A sandbox that forbids it: requests then wait longer beside V8, and nothing else differs.
  }
}

/** Node starts V8's threads before it runs anything else, and the system numbers threads in their order. */
export function threadsOfV8(threads: readonly string[], nodeFlags: readonly string[]): readonly number[] {
  const counts = [...nodeFlags.join(' ').matchAll(FLAG)].map(([, count]) => Number(count))
  const ordered = threads.map(Number).toSorted((left, right) => left - right)
  return ordered.slice(OTHERS_BEFORE, OTHERS_BEFORE + (counts.at(-1) ?? USUAL_COUNT))
}
