// A free port of loopback, for a program that takes a port as a setting and cannot report which one it has chosen.
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** From 32,768 on, Linux gives ports to connections that begin here: one could take the port before the program does. */
const PORTS = [10_240, 32_768] as const

export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(...PORTS)
    if (await isFree(port)) return port
  }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
