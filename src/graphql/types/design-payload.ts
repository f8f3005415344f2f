// Payloads for a part of a design that cannot be read by itself: they also show the design, so that a client can read more.
import type { TypeParam } from '@pothos/core'
import type { Members } from '../../aurora/body.ts'
import type { AuroraObject } from '../../loaders/aurora-object.ts'
import type { Loaders } from '../../loaders/loaders.ts'
import { builder } from '../builder.ts'
import type { SchemaTypes } from '../builder.ts'
import { createPayload } from '../payload.ts'
import type { Written } from '../mutation.ts'
import type { Payload } from '../payload.ts'
import { refOf } from '../refs.ts'

export interface OnDesign<Part> {
  /** Null if Aurora's answer does not contain it. */
  readonly part: Part | null
  readonly design: AuroraObject
}

interface Words {
  readonly type: TypeParam<SchemaTypes>
  readonly description: string
  /** Which members of the design changed too, and what a read of them costs. */
  readonly reads: string
}

/** Makes the type `{ adder, design, errors }`, named `AdderPayload`, with `adder` as its member. */
export function createOnDesignPayload<Part>(
  name: string,
  member: string,
  { type, description, reads }: Words,
): Payload<OnDesign<Part>> {
  const payload = createPayload<OnDesign<Part>>(name, member, { type, description, read: ({ part }) => part })
  builder.objectField(payload, 'design', (t) =>
    t.field({
      type: refOf('design'),
      nullable: true,
      description: `The design it was done on; null if it could not be done. \`id\` is free; ${reads}`,
      resolve: ({ value }) => value?.design,
    }),
  )
  return payload
}

/** Shows the part that the answer contains, and the design of the route. */
export const onDesign =
  <Part>(read: (answer: Members | null) => Part | null) =>
  ({ path, answer }: Written, loaders: Loaders): OnDesign<Part> => ({
    part: read(answer),
    design: loaders.object('design').refer(path['design_id'] ?? ''),
  })
