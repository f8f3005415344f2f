// Job: work that Aurora does in the background; each kind has one mutation that begins it and one field that reads it.
import { GatewayError } from '../../errors/errors.ts'
import type { InputFieldMap } from '@pothos/core'
import { readAuroraId } from '../../aurora/body.ts'
import type { Members } from '../../aurora/body.ts'
import type { KeyedKind, Kind } from '../../aurora/kinds.ts'
import { ownReadOf } from '../../aurora/reads.ts'
import { writeEndpoint } from '../../aurora/writes.ts'
import type { WriteOperation } from '../../aurora/writes.ts'
import { createObject } from '../../loaders/aurora-object.ts'
import type { AuroraObject } from '../../loaders/aurora-object.ts'
import type { WriteInput } from '../../loaders/writes.ts'
import { builder } from '../builder.ts'
import { fieldsOf } from '../fields.ts'
import type { Rows } from '../fields.ts'
import { readId } from '../global-id.ts'
import { assertInput, idOf, readObject } from '../input.ts'
import { choice, createValueType, dateTime, json, objectOrText, ownWord, text } from '../member.ts'
import { addMutation } from '../mutation.ts'
import { createPayload } from '../payload.ts'
import { Node, ownId } from '../node.ts'
import { createOpenEnum } from '../open-enum.ts'
import { refOf, typeNameOf } from '../refs.ts'
import { neededMembers } from '../selection.ts'
import type { PartKey } from '../wish.ts'
import { readText } from '../read-value.ts'

const JobStatus = builder.enumType('JobStatus', {
  description: 'How far a job has come.',
  values: {
    RUNNING: { description: 'Not ended yet, whatever word Aurora uses for it.' },
    SUCCEEDED: { description: 'Ended; its results can be read.' },
    FAILED: { description: 'Ended without a result: `error` may have the reason.' },
  } as const,
})

const ENDS: Readonly<Record<string, 'SUCCEEDED' | 'FAILED'>> = { succeeded: 'SUCCEEDED', failed: 'FAILED' }

/** Aurora's pages use different words for a running job, but the same two words for a job that has ended. */
export const readStatus = (word: string | null) =>
  word === null ? null : (ENDS[word.trim().toLowerCase()] ?? ('RUNNING' as const))

/** A member that the gateway adds: it marks a job that has just begun, which counts as running without a status. */
const BEGUN = '(begun)'

const JobSource = createOpenEnum('JobSource', {
  description: 'Where a job was begun. Aurora may add values at any time.',
  values: { APP: "By a user, in Aurora's app.", API: 'Through the API.' },
})

const JobError = createValueType('JobError', {
  description: 'Why a job failed.',
  fields: { message: text("In Aurora's words, for people to read.") },
})

export const Job = builder.interfaceRef<AuroraObject>('Job').implement({
  interfaces: [Node],
  resolveType: ({ kind }) => typeNameOf(kind),
  description:
    'Work of Aurora that takes a while. Subscribe to it with `jobChanged`, or ask for it again, with `node` or the field of what it works on, until `status` is ' +
    'no longer RUNNING: an answer is good for 2 seconds and shared by all who ask, so asking more often costs nothing. ' +
    'What it has changed is read anew once it has been seen to end.',
  fields: fieldsOf<AuroraObject>({
    auroraId: ownId(
      "Aurora's own id of the job. The global `id` has that of what it works on before it, because Aurora needs both.",
    ),
    status: (t) =>
      t.field({
        type: JobStatus,
        description: 'How far it has come.',
        extensions: { needs: ['status'] },
        resolve: async (job) =>
          readStatus(await readText(job, 'status')) ?? ((await job.get(BEGUN)) === true ? 'RUNNING' : null),
      }),
    statusRaw: ownWord(),
    source: choice(JobSource, 'Where it was begun; null for kinds that do not show it.'),
    sourceRaw: ownWord(),
    requestedAt: dateTime('When it was begun.'),
    completedAt: dateTime('When it ended; null while it is running.'),
    error: objectOrText(JobError, 'message', 'Why it failed; null unless it did.'),
    errorRaw: json(
      '`error` as Aurora sent it; its inner shape is not publicly documented beyond a message.',
      'error',
    ),
  }),
})

type Given = Readonly<Record<string, unknown>>

/** What a job works on, what it shows, and the input of the mutation that begins it. */
interface JobRow {
  readonly description: string
  /** The kind of the object that the job works on. A field of this object reads the job. */
  readonly on: KeyedKind
  /** What the mutation does. */
  readonly begins: string
  /** The name of the mutation, if it is not the name of Aurora's operation. */
  readonly mutation?: string
  /** Further arguments; `read` makes the input of the write from them, and throws BAD_USER_INPUT for wrong ones. */
  readonly args: InputFieldMap
  readonly read: (args: Given) => Omit<WriteInput, 'path'> | Promise<Omit<WriteInput, 'path'>>
  /** Its results and the object that it works on; the fields that all jobs have come with the interface. */
  readonly fields: Rows<AuroraObject>
}

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1)

/** Adds the type of a job, the mutation that begins it, and the field that reads it. */
export function addJob(operation: WriteOperation, row: JobRow): void {
  const { description, on, begins, mutation = operation, fields } = row
  const { kind, parameters } = writeEndpoint(operation)
  const typeName = typeNameOf(kind)
  const [onMember = ''] = parameters
  const onArg = `${on}Id`
  const type = refOf(kind)
  const partKey: PartKey = (key, { jobId }) => keyOf(typeName, key, String(jobId))
  type.implement({ interfaces: [Node, Job], description, fields: fieldsOf(fields) })

  builder.objectField(refOf(on), lowerFirst(typeName), (t) =>
    t.field({
      type,
      description:
        `${description} By the id from \`${mutation}\` or from a webhook. Costs 1 call, shared by all requests ` +
        'within 2 seconds; nothing for 5 minutes once it has ended.',
      args: { jobId: t.arg.id({ required: true, description: "Aurora's id of the job, or its global id." }) },
      extensions: { operation: ownReadOf(kind)?.operation, partKey },
      resolve: ({ key }, args, { loaders }, info) =>
        loaders.object(kind as KeyedKind).find(partKey(key, args), neededMembers(info, typeName)),
    }),
  )

  addMutation(operation, {
    name: mutation,
    payload: createPayload<AuroraObject>(`${typeName}Payload`, 'job', {
      type,
      description:
        'The job, which may have ended already; null if it could not be begun, or if Aurora returned no id. Costs ' +
        'nothing more.',
    }),
    description: `${begins} Costs 1 call. CONFLICT where one is running already.`,
    args: (t) => ({
      [onArg]: t.id({ required: true, description: `The ${on}, by either id.` }),
      ...row.args,
    }),
    read: async (given: Given) => ({
      path: { [onMember]: idOf(typeNameOf(on), String(given[onArg])) },
      ...(await row.read(given)),
    }),
    show: ({ path, answer }) => toJob(kind, path, answer),
  })
}

/** A global id contains the id of the parent; Aurora's own id belongs to the object on which the field is. */
function keyOf(typeName: string, parentKey: string, jobId: string): string {
  const key = readId(typeName, jobId)
  if (key === jobId) return `${parentKey}/${jobId}`
  assertInput(key.startsWith(`${parentKey}/`), 'This job is one of something else.')
  return key
}

/** Members that are not in the answer do not exist yet, so a read at once would be too early. */
function toJob(kind: Kind, path: Readonly<Record<string, string>>, answer: Members | null): AuroraObject {
  const jobId = readAuroraId(answer?.['job_id'])
  if (jobId === null) throw new GatewayError('UPSTREAM_INVALID', UNNAMED)
  const key = [...Object.values(path), jobId].join('/')
  return createObject({ kind, complete: null, readRaw: null }, key, { ...path, ...answer, [BEGUN]: true })
}

const UNNAMED = 'Aurora does not say which job has begun: look at what it changes, and do not send it again.'

/** The argument of jobs whose options are not publicly documented. */
export const OPTIONS = builder.args((t) => ({
  options: t.field({
    type: 'JSON',
    description:
      "An object of options in Aurora's own names, passed on as it is: none is publicly documented.",
  }),
}))

export const readOptions = ({ options }: Given): { members: Members } => ({
  members: readObject(options, 'options'),
})
