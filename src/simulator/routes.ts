// The list of operations, and the match of a call to one of them.

import { DESIGN_OPERATIONS } from './design-operations.ts'
import { DESIGN_WRITES } from './design-writes.ts'
import { NO_IDS } from './ids.ts'
import type { Ids } from './ids.ts'
import { JOB_OPERATIONS } from './job-operations.ts'
import { Refusal, refuse } from './operation.ts'
import type { Answer, Operation, OperationRequest } from './operation.ts'
import { hasBadPaging } from './paging.ts'
import { PROJECT_OPERATIONS } from './project-operations.ts'
import { PROJECT_WRITES } from './project-writes.ts'
import { REQUEST_WRITES } from './request-writes.ts'
import { TENANT_OPERATIONS } from './tenant-operations.ts'
import { TENANT_WRITES } from './tenant-writes.ts'

export const OPERATIONS: readonly Operation[] = [
  ...TENANT_OPERATIONS,
  ...PROJECT_OPERATIONS,
  ...DESIGN_OPERATIONS,
  ...TENANT_WRITES,
  ...PROJECT_WRITES,
  ...DESIGN_WRITES,
  ...REQUEST_WRITES,
  ...JOB_OPERATIONS,
]

export function isOperationId(value: unknown): value is string {
  return OPERATIONS.some(({ operationId }) => operationId === value)
}

export interface Match {
  readonly operation: Operation
  readonly ids: Ids
}

/** Matches a path without its /v2 prefix. Aurora does not distinguish a wrong path from a wrong method, so neither does this. */
export function createRouter(operations: readonly Operation[]) {
  const routes = operations.map((operation) => ({ operation, pattern: toPattern(operation.path) }))
  return (method: string, path: string): Match | undefined => {
    for (const { operation, pattern } of routes) {
      const found = operation.method === method ? pattern.exec(path) : null
      if (found) return { operation, ids: { ...NO_IDS, ...found.groups } }
    }
    return undefined
  }
}

/** Checks that are the same for every operation, then the operation's own answer. */
export function answerOperation({ operation, ids }: Match, request: Omit<OperationRequest, 'ids'>): Answer {
  if (ids.tenant_id !== '' && ids.tenant_id !== request.data.tenant.id) return refuse(404, 'Tenant not found')
  if (hasBadPaging(request.query)) return refuse(400, 'page and per_page must be whole numbers from 1')
  try {
    return operation.answer({ ids, ...request })
  } catch (error) {
    if (error instanceof Refusal) return error.answer
    throw error
  }
}

function toPattern(path: string): RegExp {
  return new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`)
}
