// The lengths at which servers cut pages, so that a page of such a length may be full although more items were requested.

/** Page sizes that public APIs have as a default or a maximum; 100 is Aurora's own default. */
export const USUAL_SIZES: ReadonlySet<number> = new Set([
  10, 20, 25, 30, 40, 50, 75, 80, 100, 120, 125, 150, 175, 200,
])
