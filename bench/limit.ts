// 40 clients against a window of 30 calls in 3 s, for 20 s, sliding and fixed: `npm run bench:limit`.
import { loadTheLimit } from '../test/support/limit-load.ts'
import { createTestGateway } from '../test/support/test-gateway.ts'

const LIMIT = { limit: 30, windowMs: 3000 }

for (const window of ['sliding', 'fixed'] as const) {
  await using gateway = await createTestGateway({
    simulator: { ...LIMIT, window, latencyMs: 20 },
    config: { rateLimit: LIMIT.limit, rateWindowMs: LIMIT.windowMs },
  })
  console.log(window, await loadTheLimit(gateway, { clients: 40, durationMs: 20_000 }))
}
