// Job: work that Aurora does in the background; each kind has one mutation that begins it and one field that reads it.
import type { InputFieldMap, ObjectRef } from '@pothos/core'
import { createObject } from '../../loaders/aurora-object.ts'
import type { AuroraObject } from '../../loaders/aurora-object.ts'
import type { WriteInput } from '../../loaders/writes.ts'
import type { Members } from '../../aurora/body.ts'
import type { KeyedKind } from '../../aurora/kinds.ts'
import type { WriteOperation } from '../../aurora/writes.ts'
import { builder } from '../builder.ts'
import type { SchemaTypes } from '../builder.ts'
import { readId } from '../global-id.ts'
import { assertInput, idOf, readObject } from '../input.ts'
import { choice, dateTime, json, objectOrText, readText, text } from '../member.ts'
import type { Source } from '../member.ts'
import { createPayload, mutation } from '../mutation.ts'
import { Node } from '../node.ts'
import { createOpenEnum } from '../open-enum.ts'
import { neededMembers } from '../selection.ts'

const JobStatus = builder.enumType('JobStatus', {
  description: 'How far a job has come.',
  values: {
    RUNNING: { description: 'Still going: whatever word Aurora has for it.' },
    SUCCEEDED: { description: 'Ended; its results can be read.' },
    FAILED: { description: 'Ended without a result: `error` may tell why.' },
  } as const,
})

const ENDS: Readonly<Record<string, 'SUCCEEDED' | 'FAILED'>> = { succeeded: 'SUCCEEDED', failed: 'FAILED' }

/** Aurora's pages use different words for a running job, but the same two words for a job that has ended. */
const readStatus = (word: string | null) =>
  word === null ? null : (ENDS[word.trim().toLowerCase()] ?? ('RUNNING' as const))

/** A member that the gateway adds: it marks a job that has just begun, which counts as running without a status. */
const BEGUN = '(begun)'

const JobSource = createOpenEnum('JobSource', {
  description: 'Where a job was begun. Aurora may add values at any time.',
  values: { APP: "By a user, in Aurora's app.", API: 'Through the API.' },
})

const JobError = builder.objectRef<Source>('JobError').implement({
  description: 'Why a job failed.',
  fields: (t) => ({ message: t.field(text('message', "In Aurora's words, for people to read.")) }),
})

const Job = builder.interfaceRef<AuroraObject>('Job').implement({
  interfaces: [Node],
  description:
    'Work of Aurora that takes a while. Ask for it again, with `node` or the field of what it works on, until `status` is ' +
    'no longer RUNNING: an answer is good for 2 seconds and shared by all who ask, so asking more often costs nothing. ' +
    'What it has changed is read anew once it has been seen to end.',
  fields: (t) => ({
    auroraId: t.id({
      nullable: false,
      description:
        "Aurora's own id of the job. The global `id` has that of what it works on before it, as Aurora asks for both.",
      resolve: ({ key }) => key.slice(key.indexOf('/') + 1),
    }),
    status: t.field({
      type: JobStatus,
      nullable: true,
      description: 'How far it has come.',
      extensions: { needs: ['status'] },
      resolve: async (job) =>
        readStatus(await readText(job, 'status')) ?? ((await job.get(BEGUN)) === true ? 'RUNNING' : null),
    }),
    statusRaw: t.field(text('status', "`status` in Aurora's own word.")),
    source: t.field(choice('source', JobSource, 'Where it was begun; null for kinds that do not tell it.')),
    sourceRaw: t.field(text('source', "`source` in Aurora's own word.")),
    requestedAt: t.field(dateTime('requested_at', 'When it was begun.')),
    completedAt: t.field(dateTime('completed_at', 'When it ended; null while it is running.')),
    error: t.field(
      objectOrText('error', JobError, {
        textMember: 'message',
        description: 'Why it failed; null unless it did.',
      }),
    ),
    errorRaw: t.field(
      json(
        'error',
        '`error` as Aurora sent it; its inner shape is not publicly documented beyond a message.',
      ),
    ),
  }),
})

type Given = Readonly<Record<string, unknown>>

/** The object that a job works on, the mutation that begins the job, and the field that reads it. */
interface JobRow {
  readonly typeName: string
  readonly kind: KeyedKind
  readonly description: string
  /** The type that the job works on, and the name of its id in the route. A field of this type reads the job. */
  readonly on: {
    readonly typeName: string
    readonly type: ObjectRef<SchemaTypes, AuroraObject>
    readonly idMember: string
  }
  readonly run: {
    readonly operation: WriteOperation
    /** The name of the mutation, where it differs from the name of Aurora's operation. */
    readonly field?: string
    readonly description: string
    /** Further arguments; `read` makes the input of the write from them, and throws BAD_USER_INPUT for wrong ones. */
    readonly args: InputFieldMap
    readonly read: (args: Given) => Omit<WriteInput, 'path'> | Promise<Omit<WriteInput, 'path'>>
  }
}

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1)

/** Implements only the fields that all jobs have; jobs.ts adds the results of each kind. */
export function createJob(row: JobRow): ObjectRef<SchemaTypes, AuroraObject> {
  const { typeName, kind, on, run } = row
  const runField = run.field ?? run.operation
  const type = builder.objectRef<AuroraObject>(typeName).implement({
    interfaces: [Node, Job],
    description: row.description,
  })
  const idArg = `${lowerFirst(on.typeName)}Id`
  const payload = createPayload<AuroraObject>(`${typeName}Payload`, 'job', {
    type,
    description:
      'The job, which may have ended already; null where it could not be begun, or where Aurora told no id of it. Costs ' +
      'nothing more.',
  })

  builder.objectField(on.type, lowerFirst(typeName), (t) =>
    t.field({
      type,
      description:
        `${row.description} By the id that \`${runField}\`, or a webhook, told. Costs 1 call, shared by all who ask ` +
        'within 2 seconds; nothing for 5 minutes once it has ended.',
      args: { jobId: t.arg.id({ required: true, description: "Aurora's id of the job, or its global id." }) },
      resolve: ({ key }, { jobId }, { loaders }, info) =>
        loaders.object(kind).find(keyOf(typeName, key, String(jobId)), neededMembers(info, typeName)),
    }),
  )

  builder.mutationField(runField, (t) =>
    t.field(
      mutation({
        payload,
        operation: run.operation,
        description: `${run.description} Costs 1 call. CONFLICT where one is running already.`,
        args: {
          [idArg]: t.arg.id({ required: true, description: `The ${lowerFirst(on.typeName)}, by either id.` }),
          ...run.args,
        },
        async run(args, { write }) {
          const given: Given = args
          const path = { [on.idMember]: idOf(on.typeName, String(given[idArg])) }
          return toJob(kind, path, await write(run.operation, { path, ...(await run.read(given)) }))
        },
      }),
    ),
  )
  return type
}

/** A global id contains the id of the parent; Aurora's own id belongs to the object on which the field is. */
function keyOf(typeName: string, parentKey: string, jobId: string): string {
  const key = readId(typeName, jobId)
  if (key === jobId) return `${parentKey}/${jobId}`
  assertInput(key.startsWith(`${parentKey}/`), 'This job is one of something else.')
  return key
}

/** Members that are not in the answer do not exist yet, so a read at once would be too early. */
function toJob(
  kind: KeyedKind,
  path: Readonly<Record<string, string>>,
  answer: Members | null,
): AuroraObject | null {
  const jobId = answer?.['job_id']
  if (typeof jobId !== 'string' && typeof jobId !== 'number') return null
  const key = [...Object.values(path), String(jobId)].join('/')
  return createObject({ kind, key, known: { ...path, ...answer, [BEGUN]: true }, complete: null })
}

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
