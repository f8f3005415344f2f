// Emits each event to several receivers.
import type { Emit } from './events.ts'

/** A receiver that is left out gets nothing. */
export function emitToAll(receivers: readonly (Emit | undefined)[]): Emit {
  const all = receivers.filter((receiver) => receiver !== undefined)
  return (name, fact) => {
    for (const receive of all) receive(name, fact)
  }
}
