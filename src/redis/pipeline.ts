// Sends several commands to Redis at once, and returns all of their answers or none.
import type { Client, Connection } from './connection.ts'

export type Pipeline = ReturnType<Client['pipeline']>

/** Null if Redis is down, or refuses one of the commands that `build` adds. */
export const askAll = (
  { ask }: Pick<Connection, 'ask'>,
  build: (pipeline: Pipeline) => Pipeline,
): Promise<unknown[] | null> =>
  ask(async (client) => {
    const results = (await build(client.pipeline()).exec()) ?? []
    return results.map(([error, answer]) => {
      if (error) throw error
      return answer
    })
  })
