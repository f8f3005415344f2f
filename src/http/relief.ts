// What the server refuses or closes to keep its memory and its connections for others.

/**
 * - `sentAhead`: a connection that sent many requests ahead, while many others did so, too
 * - `idleConnection`: an idle connection of the address that had most
 * - `noConnection`: a connection that found no place
 * - `slowReader`: a client that did not take its answers
 * - `requests`, `requestsOfCaller`: a request beyond those that are executed or wait for it
 * - `bodies`, `bodiesOfCaller`: a body, beside the others that were being received
 * - `answers`, `answersOfCaller`: an answer, beside the others that clients had not taken
 * - `streams`, `streamsOfCaller`: a stream, beside the others that were open
 */
export const RELIEFS = [
  'sentAhead',
  'idleConnection',
  'noConnection',
  'slowReader',
  'requests',
  'requestsOfCaller',
  'bodies',
  'bodiesOfCaller',
  'answers',
  'answersOfCaller',
  'streams',
  'streamsOfCaller',
] as const

export type Relief = (typeof RELIEFS)[number]
