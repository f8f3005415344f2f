// Plan: what an operation would cost now; the answer itself spends no call.
import { isMembers } from '../../aurora/body.ts'
import { GatewayError } from '../../errors/errors.ts'
import type { CallCount, PlanStep } from '../../planning/plan.ts'
import type { Explained } from '../../planning/request-plan.ts'
import { builder } from '../builder.ts'
import { addQueries } from '../fields.ts'

const Calls = builder.objectRef<CallCount>('CallCount').implement({
  description:
    'How many calls to Aurora something needs, beside what the cache answers. Every call counts as one that succeeds, so ' +
    'the calls below it count, too. Counting ends a little above 2,000, or at the limit for one request if that is more.',
  fields: (t) => ({
    min: t.exposeInt('min', {
      nullable: false,
      description: 'The least: every list that is not known yet is empty, and no link leads anywhere.',
    }),
    expected: t.exposeInt('expected', {
      nullable: false,
      description:
        'The usual number: exact if everything is known or no list matters, else from the average of the earlier answers ' +
        'to this credential.',
    }),
    max: t.exposeInt('max', {
      nullable: false,
      description:
        'The most, apart from rare cases: every list is as long as the longest one seen, or longer if few were seen.',
    }),
  }),
})

const Step = builder.objectRef<PlanStep>('PlanStep').implement({
  description: 'The calls of one operation of Aurora that one field of the document needs.',
  fields: (t) => ({
    path: t.exposeString('path', {
      nullable: false,
      description:
        'The field, by its names in the answer from the top, with points between them and without places in lists, such ' +
        'as `projects.nodes.designs`. A call that several fields share is listed at the first of them.',
    }),
    operation: t.exposeString('operation', {
      nullable: false,
      description: "Aurora's name of the operation, such as `listDesigns`.",
    }),
    route: t.exposeString('route', {
      nullable: false,
      description: 'Its method and path, with names in the place of ids.',
    }),
    calls: t.expose('calls', {
      type: Calls,
      nullable: false,
      description: 'Calls that would be made.',
    }),
    cached: t.exposeInt('cached', {
      nullable: false,
      description: 'Further answers that come from the cache, fresh or as stale as the request allows.',
    }),
  }),
})

const Plan = builder.objectRef<Explained>('Plan').implement({
  description: 'What an operation would cost at this moment, and where.',
  fields: (t) => ({
    calls: t.expose('calls', {
      type: Calls,
      nullable: false,
      description: 'Calls to Aurora, in all.',
    }),
    isComplete: t.exposeBoolean('isComplete', {
      nullable: false,
      description:
        'False where counting ended early, at so many calls or at so many fields of all objects together: then `calls` and ' +
        '`steps` are the least that is needed.',
    }),
    remaining: t.exposeInt('remaining', {
      nullable: false,
      description: 'Calls that the key has left at this moment, for everybody who uses this gateway.',
    }),
    readyAt: t.expose('readyAt', {
      type: 'DateTime',
      description:
        'When `calls.expected` could all have been sent, behind what waits already; null if none is needed. Later than ' +
        'now where that is more than `remaining`: the operation then comes in parts, or waits.',
    }),
    steps: t.field({
      type: [Step],
      nullable: false,
      description: 'The same by field, in the order in which calls are asked for.',
      resolve: ({ steps }) => steps as PlanStep[],
    }),
  }),
})

addQueries({
  explain: (t) =>
    t.field({
      type: Plan,
      description:
        'What an operation would cost if it were sent now, with the headers of this request. The operation, also a mutation, ' +
        'is executed with what the cache contains and with imagined answers like the usual ones of Aurora. ' +
        'Nothing is sent, so it costs no call. At most 3 of these in one request.',
      args: {
        query: t.arg.string({
          required: true,
          description: 'The document; the rules for every request apply to it.',
        }),
        variables: t.arg({ type: 'JSON', description: 'Its variables, as an object.' }),
        operationName: t.arg.string({
          description: 'The name of the operation, if the document has several.',
        }),
      },
      resolve(_root, { query, variables, operationName }, { plan, parts }) {
        const given = variables ?? {}
        // The answer is true only at this moment, because the next call changes it.
        parts.spoil()
        if (isMembers(given))
          return plan.explain({ query, variables: given, operationName: operationName || null })
        throw new GatewayError('BAD_USER_INPUT', '`variables` must be an object.')
      },
    }),
})
