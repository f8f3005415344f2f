// Upstream: the cost of this operation as a field, because routers drop the extensions of an answer.
import { builder } from '../builder.ts'
import type { GraphQLContext } from '../context.ts'
import { addQueries, WITHOUT_INFO } from '../fields.ts'
import { AFTER_OTHERS } from '../../execution/execute.ts'

interface Reported {
  readonly calls: number
  readonly saved: GraphQLContext['tally']['saved']
  readonly queuedMs: number
  readonly limit: number
  readonly remaining: number
  readonly resetAt: string | null
}

const SavedCalls = builder.objectRef<GraphQLContext['tally']['saved']>('SavedCalls').implement({
  description: 'Calls to Aurora that were not needed.',
  fields: (t) => ({
    cache: t.exposeInt('cache', { nullable: false, description: 'Answered by the cache.' }),
    joined: t.exposeInt('joined', { nullable: false, description: 'Shared with another request under way.' }),
    stale: t.exposeInt('stale', { nullable: false, description: 'Answered by the cache, and stale.' }),
  }),
})

const Upstream = builder.objectRef<Reported>('Upstream').implement({
  description:
    'What an operation has cost in calls to Aurora, and what is left, as in `extensions.upstream`.',
  fields: (t) => ({
    calls: t.exposeInt('calls', {
      nullable: false,
      description: 'Calls that this operation has made.',
    }),
    saved: t.expose('saved', {
      type: SavedCalls,
      nullable: false,
      description: 'Calls that it did not have to make.',
    }),
    limit: t.exposeInt('limit', {
      nullable: false,
      description: 'Calls that the key may make in one window.',
    }),
    remaining: t.exposeInt('remaining', {
      nullable: false,
      description: 'Calls that the key has left at this moment, for everybody who uses this gateway.',
    }),
    resetAt: t.expose('resetAt', {
      type: 'DateTime',
      description: 'When all of them are free again; null if all are.',
    }),
    queuedMs: t.exposeInt('queuedMs', {
      nullable: false,
      description: 'How long its calls have waited for their turn, together.',
    }),
  }),
})

addQueries({
  upstream: (t) =>
    t.field({
      type: Upstream,
      description:
        'What this operation has cost, for clients behind a router, which drops `extensions.upstream`. It is executed when all ' +
        'other fields of the operation are there, so it counts their calls. Behind a router it is about the operation that the ' +
        'router has made of this part of the query. An answer with it is not stored by any cache. Costs no call.',
      extensions: { ...WITHOUT_INFO, ...AFTER_OTHERS },
      resolve(_root, _args, { tally, budget, parts }) {
        parts.spoil()
        const { limit, remaining, resetAtMs } = budget.state()
        return {
          calls: tally.calls,
          saved: { ...tally.saved },
          queuedMs: Math.round(tally.queuedMs),
          limit,
          remaining,
          resetAt: resetAtMs === null ? null : budget.toTime(resetAtMs),
        }
      },
    }),
})
