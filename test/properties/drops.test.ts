// A model of what a drop deletes: of every answer that is held, those that were touched, and no others.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { READS } from '../../src/aurora/reads.ts'
import type { ReadOperation } from '../../src/aurora/reads.ts'
import { createCache } from '../../src/cache/cache.ts'
import { isTouched } from '../../src/cache/read-name.ts'
import type { Touch } from '../../src/cache/invalidation.ts'
import { callKey } from '../../src/rest/call.ts'
import { buildCall, buildRefusal, buildReply, buildScope } from '../support/builders.ts'
import { examplesOf } from '../support/examples.ts'
import { createManualClock } from '../support/manual-clock.ts'

const SCOPES = [buildScope('sk_of_sun'), buildScope('sk_of_moon')] as const
const OPERATIONS = [
  'listProjects',
  'retrieveProject',
  'listDesigns',
  'retrieveDesign',
  'retrieveDesignSummary',
  'retrieveDesignPricing',
  'listDesignAssets',
  'retrieveAsset',
] as const satisfies readonly ReadOperation[]

/** Few ids, so that they meet, in upper and lower case, as Aurora accepts them. */
const projectId = fc.constantFrom('p-1', 'P-1', 'p-2')
const designId = fc.constantFrom('d-1', 'D-1', 'd-2')
const assetId = fc.constantFrom('a-1', 'A-1', 'a-2')
const path = fc.record({ project_id: projectId, design_id: designId, asset_id: assetId })
const place = fc.record({
  operation: fc.constantFrom(...OPERATIONS),
  path,
  scope: fc.constantFrom(0, 0, 0, 1),
})

const stored = fc.record({
  does: fc.constant('store' as const),
  place,
  page: fc.constantFrom('1', '2'),
  answer: fc.constantFrom('small', 'large', 404),
})
const dropped = fc.record({
  does: fc.constant('drop' as const),
  place,
  names: fc.constantFrom('own', 'parent', 'design', 'both', 'none'),
})
const steps = fc.array(fc.oneof({ weight: 3, arbitrary: stored }, { weight: 1, arbitrary: dropped }), {
  maxLength: 80,
})

interface Place {
  readonly operation: ReadOperation
  readonly path: { readonly project_id: string; readonly design_id: string; readonly asset_id: string }
}

const routePath = ({ operation, path: ids }: Place): Record<string, string> =>
  Object.fromEntries(READS[operation].parameters.map((name) => [name, ids[name as keyof typeof ids]]))

const PATH_OF_TOUCH = {
  own: routePath,
  parent: ({ path: ids }: Place) => ({ project_id: ids.project_id }),
  design: ({ path: ids }: Place) => ({ design_id: ids.design_id }),
  both: (of: Place) => ({ ...routePath(of), project_id: of.path.project_id }),
  none: () => ({}),
}

/** An item of a list names its project; a design by itself does not. */
function valueOf({ operation, path: ids }: Place) {
  const design = { id: ids.design_id, name: 'roof', project_id: ids.project_id }
  if (operation === 'listDesigns') return [design]
  if (operation === 'listDesignAssets') return [{ id: ids.asset_id }]
  if (operation === 'retrieveAsset') return { id: ids.asset_id, design_id: ids.design_id }
  if (operation === 'listProjects') return [{ id: ids.project_id }]
  return operation === 'retrieveProject' ? { id: ids.project_id } : { id: ids.design_id }
}

describe('a drop', () => {
  it('deletes what was touched and nothing else, whatever was stored, replaced and evicted before', () => {
    fc.assert(
      // Room for some, so that others are evicted, and what is known of their parents, too.
      fc.property(steps, fc.constantFrom(12_000, 200_000), (history, maxBytes) => {
        const clock = createManualClock(1000)
        const cache = createCache({ maxBytes, clock })
        const keysHeld = (): string[] => cache.entries().map(({ call }) => callKey(call.scope, call))
        for (const step of history) {
          const scope = SCOPES[step.place.scope]
          const { operation } = step.place
          if (step.does === 'store') {
            const query = READS[operation].form === 'one' ? {} : { page: step.page }
            const call = buildCall({ endpoint: READS[operation], path: routePath(step.place), query, scope })
            const answer =
              step.answer === 404
                ? buildRefusal(404)
                : buildReply(valueOf(step.place), { bytes: step.answer === 'large' ? 900 : 50 })
            cache.store(call, answer)
            continue
          }
          const touch: Touch = { operation, path: PATH_OF_TOUCH[step.names](step.place) }
          const isLeft = ({ call, reply }: ReturnType<typeof cache.entries>[number]): boolean =>
            !isTouched(cache.nameOf(call.scope, call, { answer: reply }), scope.key, [touch])
          const expected = cache
            .entries()
            .filter(isLeft)
            .map(({ call }) => callKey(call.scope, call))
          cache.drop(scope.key, [touch])
          expect(keysHeld()).toEqual(expected)
        }
      }),
      { numRuns: examplesOf(400) },
    )
  })
})
