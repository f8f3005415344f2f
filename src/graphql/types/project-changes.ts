// changes(since): which projects were created, changed or deleted, for clients that keep a copy of the list.
import type { AuroraObject } from '../../loaders/aurora-object.ts'
import type { ChangesSlice } from '../../loaders/read-changes.ts'
import { builder } from '../builder.ts'
import { assertFirst, MAX_FIRST } from '../connection.ts'
import { addQueries } from '../fields.ts'
import { retryAtOf } from '../found-list.ts'
import { toGlobalId } from '../global-id.ts'
import { refOf } from '../refs.ts'

const DEFAULT_CHANGES = 100

const ProjectChanges = builder.objectRef<ChangesSlice>('ProjectChanges').implement({
  description:
    'Which projects were created, changed or deleted since a cursor. A change may be reported twice, and none is left out: write ' +
    'what you get over what you have.',
  fields: (t) => ({
    cursor: t.exposeString('cursor', {
      nullable: false,
      description:
        'Give it as `since` the next time. Keep the one before until all of this answer is stored, and where it has errors.',
    }),
    isReset: t.exposeBoolean('isReset', {
      nullable: false,
      description:
        'Whether to begin anew: `since` was left out, is too old, or belongs to another process or credential. Then nothing is ' +
        'listed: read all by `projects`, delete what is not there, and go on with this `cursor`. Where a part of the list is not ' +
        'known, `cursor` is `since`, or empty: keep what you have, and ask again at `retryAt`.',
    }),
    created: t.field({
      type: [refOf('project')],
      nullable: { list: false, items: false },
      description:
        'Projects that the list shows and did not show at the cursor. Costs nothing beyond what is selected of them.',
      resolve: ({ created }) => created as AuroraObject[],
    }),
    changed: t.field({
      type: [refOf('project')],
      nullable: { list: false, items: false },
      description:
        'Projects that have changed in the list, and those that a write or a webhook has named since. Costs nothing ' +
        'beyond what is selected of them.',
      resolve: ({ changed }) => changed as AuroraObject[],
    }),
    deleted: t.field({
      type: ['ID'],
      nullable: { list: false, items: true },
      description:
        'Global ids of projects that the list no longer shows: they were deleted, or the key may not see them any more.',
      resolve: ({ deleted }) => deleted.map((id) => toGlobalId('Project', id)),
    }),
    hasMore: t.exposeBoolean('hasMore', {
      nullable: false,
      description: 'Whether there are more than `first`: ask again at once, with this `cursor`.',
    }),
    isComplete: t.exposeBoolean('isComplete', {
      nullable: false,
      description:
        'Whether all of the list was looked through. False: further changes may be missing, and what was deleted is not listed ' +
        'yet; it comes with a later cursor.',
    }),
    asOf: t.field({
      type: 'DateTime',
      description:
        'When the oldest part of the list was read. What has changed since comes with a later cursor.',
      resolve: ({ asOf }) => asOf,
    }),
    retryAt: t.field({
      type: 'DateTime',
      description: 'When it is best to ask again, if a part of the list is not known; null otherwise.',
      resolve: (slice, _args, context) => retryAtOf(slice, context),
    }),
  }),
})

addQueries({
  changes: (t) =>
    t.field({
      type: ProjectChanges,
      description:
        'What has changed in the list of projects since a cursor, for a phone or a back office that keeps a copy. Costs what a ' +
        'question about the whole list costs: 1 call for each 250 projects that are not known yet, and nothing while they are fresh.',
      args: {
        since: t.arg.string({ description: 'The last `cursor`; left out, or empty, to begin.' }),
        first: t.arg.int({
          defaultValue: DEFAULT_CHANGES,
          description: `How many changes at the most, 1 to ${MAX_FIRST}.`,
        }),
      },
      extensions: { operation: 'listProjects' },
      resolve(_root, { since, first }, { loaders, parts }) {
        const limit = first ?? DEFAULT_CHANGES
        assertFirst(limit)
        // Not repeated: the same request has another answer as soon as a change is noted that this answer does not contain.
        parts.spoil()
        return loaders.changes({ since: since || null, limit })
      },
    }),
})
