// The kinds of the catalogue: each fits the schema and the reads of its objects.
import { isObjectType } from 'graphql'
import { describe, expect, it } from 'vitest'
import { KIND_OF_TYPE, KINDS, kindRow } from '../../../src/aurora/kinds.ts'
import type { KeyedKind, Keying, Kind } from '../../../src/aurora/kinds.ts'
import { ownReadOf, tenantListOf } from '../../../src/aurora/reads.ts'
import type { ReadEndpoint } from '../../../src/aurora/reads.ts'
import { schema } from '../../../src/graphql/schema.ts'
import { createListEnds } from '../../../src/loaders/list-ends.ts'
import { createLoaders } from '../../../src/loaders/loaders.ts'
import { createPageShares } from '../../../src/loaders/page-shares.ts'
import { createCache } from '../../../src/cache/cache.ts'
import { buildTerms, createStandIn } from '../../support/builders.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const ALL_KINDS = Object.keys(KINDS) as Kind[]

/** The read of one object that a way to find it needs; undefined: there is none, so a list shows it. */
const FITS: Readonly<
  Record<Keying, (read: ReadEndpoint | undefined, list: ReadEndpoint | undefined) => boolean>
> = {
  id: (read, list) => (read ? read.form === 'one' && read.parameters.length === 1 : list?.idMember === 'id'),
  'parent/id': (read) =>
    (read?.form === 'one' && read.parameters.length === 2) ||
    (read?.form === 'job' && read.parameters.length === 1 && read.idQuery !== undefined),
  parent: (read) => read?.form === 'sole' && read.parameters.length === 1,
  tenant: (read) => read?.form === 'sole' && read.parameters.length === 0,
  none: (read) => read === undefined || read.parameters.length === 0,
}

describe('a kind', () => {
  it('has the name of a type with a global id, and each such type has a kind', () => {
    const node = schema.getTypeMap()['Node']
    const types = Object.values(schema.getTypeMap()).filter(
      (type) => isObjectType(type) && type.getInterfaces().some((each) => each === node),
    )
    expect([...KIND_OF_TYPE.keys()].toSorted()).toEqual(types.map(({ name }) => name).toSorted())
  })

  it.each(ALL_KINDS)('%s is found in the way that the read of one object needs', (kind) => {
    const { keyedBy } = kindRow(kind)
    const fits = FITS[keyedBy](ownReadOf(kind), tenantListOf(kind))
    expect({ keyedBy, fits }).toEqual({ keyedBy, fits: true })
  })

  it.each(ALL_KINDS.filter((kind) => ['id', 'parent/id'].includes(kindRow(kind).keyedBy)))(
    'an object of the kind %s can be loaded by its key',
    (kind) => {
      const loaders = createLoaders({
        terms: buildTerms(),
        upstream: createStandIn().upstream,
        cache: createCache({ maxBytes: 1024, clock: createManualClock() }),
        pageSize: 10,
        pageShares: createPageShares(),
        listEnds: createListEnds({ clock: createManualClock() }),
      })
      expect(loaders.object(kind as KeyedKind).refer('a/b')).toMatchObject({ kind, key: 'a/b' })
    },
  )

  it('that nothing can refer to has no type with a global id', () => {
    expect(ALL_KINDS.filter((kind) => kindRow(kind).keyedBy === 'none' && kindRow(kind).typeName)).toEqual([])
  })
})
