// Reports replies that are larger than the whole cache.
import type { Emit } from '../telemetry/events.ts'

/** Reports each operation once: every use of such a reply costs a call, until the setting is changed. */
export function createTooLargeNotice(
  maxBytes: number,
  emit?: Emit,
): (operation: string, bytes: number) => void {
  const noted = new Set<string>()
  return (operation, bytes) => {
    if (noted.has(operation)) return
    noted.add(operation)
    emit?.('replyTooLarge', { operation, bytes, maxBytes })
  }
}
