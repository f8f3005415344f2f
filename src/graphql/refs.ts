// References to the types of the catalogue's kinds. A reference may be used before its type has fields, so that type modules
// can refer to each other.
import { kindRow } from '../aurora/kinds.ts'
import type { Kind } from '../aurora/kinds.ts'
import type { AuroraObject } from '../loaders/aurora-object.ts'
import { builder } from './builder.ts'

export const typeNameOf = (kind: Kind): string => kindRow(kind).typeName ?? kind

const createRef = (kind: Kind) => builder.objectRef<AuroraObject>(typeNameOf(kind))

const refs = new Map<Kind, ReturnType<typeof createRef>>()

export function refOf(kind: Kind): ReturnType<typeof createRef> {
  const ref = refs.get(kind) ?? createRef(kind)
  refs.set(kind, ref)
  return ref
}
