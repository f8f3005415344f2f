// What whoever kills a gateway has to add to its notice and its grace: docs/operating.md, "Ending".

/** For what closes after the connections (src/program/shutdown.ts). */
export const SHUTDOWN_MARGIN_MS = 1_000
