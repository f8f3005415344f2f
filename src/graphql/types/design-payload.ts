// Payloads of what is changed on a design and can't be read by itself: they show the design too, to read on from there.
import type { TypeParam } from '@pothos/core'
import type { AuroraObject } from '../../loaders/aurora-object.ts'
import { builder } from '../builder.ts'
import type { SchemaTypes } from '../builder.ts'
import { createPayload } from '../mutation.ts'
import type { Payload } from '../mutation.ts'
import { Design } from './refs.ts'

export interface OnDesign<Part> {
  /** Null where Aurora told nothing of it. */
  readonly part: Part | null
  readonly design: AuroraObject
}

interface Words {
  readonly type: TypeParam<SchemaTypes>
  readonly description: string
  /** What of the design has changed with it, and at what cost it is read. */
  readonly reads: string
}

/** `{ adder, design, errors }`, named `AdderPayload`, with `adder` as its member. */
export function createOnDesignPayload<Part>(
  name: string,
  member: string,
  { type, description, reads }: Words,
): Payload<OnDesign<Part>> {
  const payload = createPayload<OnDesign<Part>>(name, member, { type, description, read: ({ part }) => part })
  builder.objectField(payload, 'design', (t) =>
    t.field({
      type: Design,
      nullable: true,
      description: `The design it was done on; null where it could not be done. \`id\` is free; ${reads}`,
      resolve: ({ value }) => value?.design,
    }),
  )
  return payload
}
