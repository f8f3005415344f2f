// Lets all callers who need the same work share one run of it.

/** Starts `run`, or returns the run under way: there is never more than one. */
export function shareRun<Result>(run: () => Promise<Result>): () => Promise<Result> {
  let running: Promise<Result> | null = null
  return () => (running ??= run().finally(() => (running = null)))
}
