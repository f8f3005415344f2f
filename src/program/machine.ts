// What the system shows of the machine: how long ago it was started, sleep included, and whether that time includes every suspension.
import { closeSync, openSync, readSync } from 'node:fs'
import { uptime } from 'node:os'

export interface Machine {
  /** Milliseconds since its start. Unlike the monotonic clock, this goes on while the machine sleeps. */
  uptimeMs(): number
  /**
   * False if the machine is certainly not virtual. A virtual machine is suspended with all its clocks, so none of them
   * counts the suspension.
   */
  mayBeVirtual(): boolean
}

/** The first processor is enough; reading hundreds of them takes a while. */
const CPU_BYTES = 8192

export const createMachine = (cpuFile = '/proc/cpuinfo'): Machine => ({
  uptimeMs: () => uptime() * 1000,
  mayBeVirtual: () => hasHypervisor(readStart(cpuFile)) !== false,
})

/** Processors of Intel and AMD show a hypervisor. Null: other processors do not show one. */
function hasHypervisor(text: string): boolean | null {
  const flags = /^flags\s*:(.*)\n/m.exec(text)?.[1]?.trim().split(' ')
  return flags ? flags.includes('hypervisor') : null
}

function readStart(file: string): string {
  try {
    const opened = openSync(file, 'r')
    try {
      const bytes = Buffer.alloc(CPU_BYTES)
      return bytes.toString('latin1', 0, readSync(opened, bytes, 0, CPU_BYTES, 0))
    } finally {
      closeSync(opened)
    }
  } catch {
    return ''
  }
}
