// The end of a connection to Redis while it is being made.
import { EventEmitter } from 'node:events'
import type { Redis } from 'ioredis'
import { expect, it } from 'vitest'
import { createSystemClock } from '../../../src/clock.ts'
import { createConnection } from '../../../src/redis/connection.ts'
import { disconnect } from '../../../src/redis/disconnect.ts'
import { CERTIFICATE, PRIVATE_KEY } from '../../support/certificate.ts'
import { redisProgram, startRedis } from '../../support/redis-server.ts'
import { writeTlsFiles } from '../../support/tls-files.ts'
import { waitUntil } from '../../support/wait-until.ts'

it('a socket may report more than one error', () => {
  // As the client does it.
  const stream = new EventEmitter().once('error', () => {})
  const client = { stream: stream as Redis['stream'], disconnect: () => {} }
  disconnect(client)
  stream.emit('error', new Error('the certificate was refused'))
  expect(() => stream.emit('error', new Error('the other side says something about the end'))).not.toThrow()
})

it.skipIf(redisProgram === null)('a certificate that is refused ends no process', async () => {
  using files = writeTlsFiles()
  await using redis = await startRedis([], { tls: files })
  const uncaught: unknown[] = []
  const note = (error: unknown): void => void uncaught.push(error)
  process.on('uncaughtException', note)
  for (let index = 0; index < 20; index += 1) {
    const connection = createConnection({
      url: redis.url,
      tls: { cert: CERTIFICATE, key: PRIVATE_KEY },
      clock: createSystemClock(),
      emit: () => {},
      name: 'test',
      probeKey: 'probe',
    })
    // The socket is there, and is not connected yet.
    await new Promise<void>((resolve) => process.nextTick(resolve))
    connection.close()
  }
  await waitUntil(() =>
    redis.admin(async (client) => /^connected_clients:1\r$/m.test(await client.info('clients'))),
  )
  process.off('uncaughtException', note)
  expect(uncaught).toEqual([])
})
