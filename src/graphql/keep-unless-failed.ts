// Does some work at the first call, and keeps the result. A failure is not kept: the next call tries again.

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
