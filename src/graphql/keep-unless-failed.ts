// Does some work when it is first asked for, and keeps the result. A failure is not kept: the next caller tries again.

export function keepUnlessFailed<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let kept: Promise<Result> | null = null
  return () => {
    if (kept) return kept
    const begun = work()
    kept = begun
    begun.catch(() => (kept = null))
    return begun
  }
}
