// The settings of a gateway that a benchmark floods with webhooks.
import { DEFAULT_TENANT_ID, DEFAULT_TOKEN } from '../src/simulator/simulator.ts'

/** The key of the webhooks. */
export const KEY = 'bench-webhook-key-0123456789abcdef'

/** `redisUrl` is null without Redis. No limit refuses what a benchmark sends. */
export const settingsOfFlooded = (auroraUrl: string, redisUrl: string | null): Record<string, string> => ({
  AURORA_BASE_URL: auroraUrl,
  AURORA_TENANT_ID: DEFAULT_TENANT_ID,
  AURORA_API_TOKEN: DEFAULT_TOKEN,
  AURORA_RATE_LIMIT: '100000',
  WEBHOOK_KEYS: KEY,
  PORT: '0',
  METRICS_PORT: '0',
  ACCESS_LOG: 'on',
  STATE_DIR: 'off',
  CALLER_RATE_LIMIT: '0',
  ...(redisUrl !== null && { REDIS_URL: redisUrl }),
})
