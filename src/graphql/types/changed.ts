// Subscriptions: the present state of an object, and again whenever it changes.
import { KIND_OF_TYPE, kindRow } from '../../aurora/kinds.ts'
import type { KeyedKind } from '../../aurora/kinds.ts'
import { JOB } from '../../aurora/lifetimes.ts'
import { whenThere } from '../../turns/at-once.ts'
import type { Soon } from '../../turns/at-once.ts'
import type { ErrorCode } from '../../errors/codes.ts'
import { isGatewayError } from '../../errors/errors.ts'
import type { AuroraObject } from '../../loaders/aurora-object.ts'
import { builder } from '../builder.ts'
import type { GraphQLContext } from '../context.ts'
import { parseGlobalId, readId } from '../global-id.ts'
import { assertInput, idOf } from '../input.ts'
import { readText } from '../read-value.ts'
import { refOf, typeNameOf } from '../refs.ts'
import { Job, readStatus } from './job.ts'

builder.subscriptionType({
  description:
    'Events, to clients that take a stream: `Accept: text/event-stream`, or `multipart/mixed;subscriptionSpec=1.0`. The present ' +
    'state is the first event, also after each new connection; further ones come at most once a second. All who subscribe to the ' +
    'same with one credential share each event and its calls. An object that is not there is one event with NOT_FOUND, and the ' +
    'end. docs/live.md says more.',
})

/** Errors that another read cannot change. */
const FINAL_CODES: ReadonlySet<ErrorCode> = new Set([
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'FORBIDDEN',
  'NOT_FOUND',
  'UNAUTHORIZED',
])

function endUnless<Found>(find: () => Soon<Found>, { stream }: GraphQLContext): Soon<Found> {
  const fail = (error: unknown): never => {
    if (stream && isGatewayError(error) && FINAL_CODES.has(error.code)) stream.isLast = true
    throw error
  }
  const found = whenThere(null, find)
  return found instanceof Promise ? found.catch(fail) : found
}

/** Never called: each event is executed as a query. */
function subscribe(): never {
  throw new Error('a subscription is executed by the watches of live/')
}

/** Reads the whole object, because the part in a list may lack the member that has changed. */
const readWhole = (kind: KeyedKind, key: string, { loaders }: GraphQLContext): Soon<AuroraObject> =>
  whenThere(loaders.object(kind).find(key, []), (object) => whenThere(object.raw(), () => object))

function changed(kind: KeyedKind, description: string) {
  const typeName = typeNameOf(kind)
  return builder.subscriptionField(`${kind}Changed`, (t) =>
    t.field({
      type: refOf(kind),
      description,
      args: {
        id: t.arg.id({ required: true, description: `A global id (\`${typeName}:<id>\`) or Aurora's own.` }),
      },
      subscribe,
      resolve: (_event, { id }, context) =>
        endUnless(() => readWhole(kind, readId(typeName, String(id)), context), context),
    }),
  )
}

const COSTS =
  'An event costs 1 call for the object, shared by all, and what the fields below it cost; without webhooks the object is read ' +
  'again every 5 minutes, with calls that are to spare.'

changed('project', `A project, whenever it has changed. ${COSTS}`)
changed('design', `A design, whenever it has changed. ${COSTS}`)

builder.subscriptionField('agreementStatusChanged', (t) =>
  t.field({
    type: [refOf('agreement')],
    nullable: { list: true, items: false },
    description:
      'The agreements of a project, whenever the status of one of them has changed, or there is another one. An event costs 1 call ' +
      'for all of them, shared by all; without webhooks they are read again every 5 minutes, with calls that are to spare.',
    args: {
      projectId: t.arg.id({ required: true, description: 'The project, by either id.' }),
    },
    subscribe,
    resolve: (_event, { projectId }, context) =>
      endUnless(
        () =>
          whenThere(idOf('Project', String(projectId)), (key) =>
            context.loaders.read('listAgreements')(key),
          ) as Soon<AuroraObject[]>,
        context,
      ),
  }),
)

builder.subscriptionField('jobChanged', (t) =>
  t.field({
    type: Job,
    description:
      'A job, until it ends: the event that shows its end is the last one. It takes the place of polling: Aurora is asked with calls ' +
      'that are to spare after 5 seconds, and then after a quarter of the time since the job was begun, once for all who subscribe. ' +
      'A webhook shows the end at once, also where such a call would come later.',
    args: {
      id: t.arg.id({
        required: true,
        description: 'The global id of the job, such as `PerformanceSimulationJob:<design id>/<job id>`.',
      }),
    },
    subscribe,
    resolve: (_event, { id }, context) => endUnless(() => readJob(String(id), context), context),
  }),
)

function readJob(id: string, context: GraphQLContext): Soon<AuroraObject> {
  const { typeName, key } = parseGlobalId(id) ?? { typeName: '', key: '' }
  const kind = KIND_OF_TYPE.get(typeName)
  assertInput(
    kind !== undefined && kindRow(kind).lifetime === JOB,
    'The `id` is the global id of a job, such as "PerformanceSimulationJob:<design id>/<job id>".',
  )
  return whenThere(readWhole(kind as KeyedKind, key, context), (job) =>
    whenThere(readText(job, 'status'), (word) => {
      const status = readStatus(word)
      if (context.stream && (status === 'SUCCEEDED' || status === 'FAILED')) context.stream.isLast = true
      return job
    }),
  )
}
