// Keeps V8 from making parts of requests among what it takes for long-lived.
import { setFlagsFromString } from 'node:v8'

/**
 * V8 makes what a place in the code makes among the old objects once nearly all that it made has outlived a collection
 * ("pretenuring"). Requests that wait for their turn do that, so V8 learns it of lists and objects that each request has. They are
 * garbage a moment later, but only a full collection finds that, and until then they keep all of their requests in memory: each
 * collection of the young objects copies it. Called when the program has started: V8 reads the flag whenever it decides, and what Node
 * has compiled before is used for the start.
 */
export function keepRequestsYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring')
}
