// Keeps V8 from allocating parts of requests among long-lived objects.
import { setFlagsFromString } from 'node:v8'

/**
 * V8 allocates what one place in the code makes directly among the old objects ("pretenuring") once nearly all objects
 * from that place have outlived a collection. Requests that wait for their turn outlive collections, so V8 would
 * pretenure lists and objects of every request. They are garbage a moment later, but only a full collection finds that.
 * Until then they keep all parts of their requests in memory, and each collection of the young objects copies those.
 * Called when the program has started: V8 reads the flag at each decision, and the start itself profits from what was
 * decided before.
 */
export function keepRequestsYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring')
}
