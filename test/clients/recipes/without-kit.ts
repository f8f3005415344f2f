// The least that a client does by itself: it asks again at the time that an answer names, and not all of them together.

interface Answer {
  readonly data?: unknown
  readonly errors?: readonly { readonly extensions?: Readonly<Record<string, unknown>> }[]
}

export async function askUntilWhole(
  ask: () => Promise<Answer>,
  show: (answer: Answer) => void,
  sleep: (ms: number) => Promise<unknown>,
): Promise<void> {
  for (let round = 0; round < 5; round += 1) {
    const answer = await ask()
    show(answer)
    const waits = answer.errors?.map(({ extensions }) => Number(extensions?.['retryAfter'] ?? 0)) ?? []
    const seconds = Math.max(0, ...waits)
    if (seconds === 0) return
    // In seconds, because the clock of a phone may be wrong; 5 s more, because others come back at the same time.
    await sleep(1000 * (seconds + 5 * Math.random() * 2 ** round))
  }
}
