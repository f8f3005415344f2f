// A simulator that listens, with the shortest way to ask it; closes itself at the end of `await using`.

import { createSimulator, DEFAULT_TOKEN } from '../../../src/simulator/simulator.ts'
import type { SimulatorOptions } from '../../../src/simulator/simulator.ts'

export async function openSimulator(options: SimulatorOptions = {}) {
  const simulator = createSimulator({ projectCount: 12, ...options })
  const { url } = await simulator.listen()
  const tenant = `${url}/tenants/${simulator.data.tenant.id}`
  const get = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(path.startsWith('/v') || path.startsWith('/_') ? url + path : tenant + path, {
      headers: { authorization: `Bearer ${DEFAULT_TOKEN}` },
      ...init,
    })
  // By JSON.parse, whose result a test may look into without saying first what it is.
  const getJson = async (path: string) => JSON.parse(await (await get(path)).text())
  return {
    simulator,
    url,
    get,
    getJson,
    [Symbol.asyncDispose]: () => simulator.close(),
  }
}
