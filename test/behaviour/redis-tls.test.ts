// Redis over TLS: its certificate is always checked, and a Redis that demands a certificate of its clients gets one.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { readConfig } from '../../src/config/read-config.ts'
import { CERTIFICATE, PRIVATE_KEY } from '../support/certificate.ts'
import { createReplicas, waitUntilShared } from '../support/replicas.ts'
import { redisProgram, startRedis } from '../support/redis-server.ts'
import { createTestGateway } from '../support/test-gateway.ts'
import { writeTlsFiles } from '../support/tls-files.ts'
import { waitUntil } from '../support/wait-until.ts'

const CLIENT = { REDIS_CLIENT_CERT: CERTIFICATE, REDIS_CLIENT_KEY: PRIVATE_KEY }
const WHOLE = { REDIS_CA: CERTIFICATE, ...CLIENT }

async function open() {
  const files = writeTlsFiles()
  const redis = await startRedis([], { tls: files })
  return {
    url: redis.url,
    async [Symbol.asyncDispose]() {
      await redis[Symbol.asyncDispose]()
      files[Symbol.dispose]()
    },
  }
}

describe.skipIf(redisProgram === null)('with Redis over TLS', () => {
  afterEach(() => void vi.unstubAllEnvs())

  it.each([
    ['the address of its certificate', {}],
    ['another name of its certificate', { REDIS_SERVERNAME: 'aurora.test' }],
  ])('replicas share their answers by %s', async (_what, more) => {
    await using server = await open()
    const { redis } = readConfig({ REDIS_URL: server.url, ...WHOLE, ...more })
    await using replicas = await createReplicas({ count: 2, redisUrl: server.url, config: { redis } })
    await waitUntilShared(replicas)
    expect(replicas.gateways.flatMap(({ logged }) => logged).join()).not.toContain('redisRefused')
  })

  it.each([
    ['of an authority that was not named', CLIENT, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['for another name', { ...WHOLE, REDIS_SERVERNAME: 'elsewhere.test' }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('a certificate %s is refused, also where Node is told to accept it', async (_what, env, reason) => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    await using server = await open()
    const { redis } = readConfig({ REDIS_URL: server.url, ...env })
    await using gateway = await createTestGateway({ config: { redis } })
    await waitUntil(() => gateway.logged.some((line) => line.includes(`"reason":"${reason}"`)))
    expect((await gateway.ask('{ tenant { name } }')).errors).toBeUndefined()
    expect(gateway.logged.some((line) => line.includes('redisUp'))).toBe(false)
  })
})
