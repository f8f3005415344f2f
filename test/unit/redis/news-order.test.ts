// In which order a replica takes what other replicas have sent while it was busy.
import { expect, it } from 'vitest'
import { buildScope } from '../../support/builders.ts'
import { openRedisModel } from '../../support/redis-model.ts'

const SCOPE = buildScope().key
const ENTRIES = 3
/** More than are applied in one turn of the event loop. */
const TOUCHES = 500

it('a write is acknowledged before a backlog of the log is applied, if the others have confirmed it', async () => {
  const { clock, start } = openRedisModel()
  const [writer, other] = [start(), start()]
  // Each has a lease, and has the other one in its list.
  for (let round = 0; round < 10; round += 1) await clock.advance(400)

  writer.host.isNewsHeld = true
  writer.shared.cache.drop(SCOPE, [{ operation: 'retrieveProject', path: { project_id: 'p-0' } }])
  let position: string | undefined
  const acknowledged = writer.shared.known().then((isKnown) => {
    position = writer.shared.position()?.id
    return isKnown
  })
  for (let entry = 0; entry < ENTRIES; entry += 1) {
    other.shared.cache.drop(
      SCOPE,
      Array.from({ length: TOUCHES }, (_, index) => ({
        operation: 'retrieveProject' as const,
        path: { project_id: `p-${entry}-${index}` },
      })),
    )
    await clock.advance(1)
  }
  expect(position).toBeUndefined()

  writer.host.isNewsHeld = false
  writer.host.deliver()
  expect(await acknowledged).toBe(true)
  await clock.advance(1)
  const last = other.shared.position()?.id
  expect(writer.shared.position()?.id).toBe(last)
  expect(position).not.toBe(last)
})
