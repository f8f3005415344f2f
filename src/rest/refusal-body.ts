// Reads what Aurora's refusal says about the object that stands in the way of a write.
import { isMembers } from '../aurora/body.ts'
import { isSafeId } from './ids.ts'

/** `{"meta": {"design_request_id": "…"}}`: the request that is running, where another one of its project is refused. */
export function readDesignRequestId(text: string): string | undefined {
  const id = readMeta(text)?.['design_request_id']
  return (typeof id === 'string' || typeof id === 'number') && isSafeId(String(id)) ? String(id) : undefined
}

function readMeta(text: string) {
  try {
    const body: unknown = JSON.parse(text)
    const meta = isMembers(body) ? body['meta'] : null
    return isMembers(meta) ? meta : null
  } catch {
    return null
  }
}
