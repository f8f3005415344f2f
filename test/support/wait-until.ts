// Waits for what happens in another process: checks often, gives up late. No test asserts how long it took.
import { setTimeout as sleep } from 'node:timers/promises'

const LOOK_EVERY_MS = 5
const GIVE_UP_MS = 100_000

export async function waitUntil(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAtMs = performance.now() + GIVE_UP_MS
  while (!(await isSo())) {
    if (performance.now() > giveUpAtMs) throw new Error(`not within ${GIVE_UP_MS} ms: ${String(isSo)}`)
    await sleep(LOOK_EVERY_MS)
  }
}
