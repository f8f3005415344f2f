// One address that leads to one of several servers, as that of a service does: connections stay where they were made.
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

export interface MovingAddress extends AsyncDisposable {
  readonly port: number
  /** New connections lead there from now on. */
  moveTo(port: number): void
  /** Ends all connections, and closes each new one as soon as it was accepted. */
  cut(): void
  /** How many were closed so. */
  countClosed(): number
  /** Leads to the server again. */
  mend(): void
}

export async function openMovingAddress(firstPort: number): Promise<MovingAddress> {
  let target = firstPort
  const sockets = new Set<Socket>()
  let isCut = false
  let closed = 0
  const server = createServer((near) => {
    if (isCut) {
      closed += 1
      return void near.on('error', () => {}).destroy()
    }
    const far = connect(target, '127.0.0.1')
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => {}).on('close', () => other.destroy())
      socket.pipe(other)
    }
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    moveTo: (port) => void (target = port),
    cut() {
      isCut = true
      for (const socket of sockets) socket.destroy()
    },
    countClosed: () => closed,
    mend: () => void (isCut = false),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => void server.close(resolve))
    },
  }
}
