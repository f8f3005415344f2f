// Reads from Aurora's refusal which object stands in the way of a write.
import { isMembers, readAuroraId } from '../aurora/body.ts'
import { parseExactJson } from '../aurora/exact-json.ts'
import { isSafeId } from './ids.ts'

/** `{"meta": {"design_request_id": "…"}}`: the request that is running, where another one of its project is refused. */
export function readDesignRequestId(text: string): string | undefined {
  const id = readAuroraId(readMeta(text)?.['design_request_id'])
  return id !== null && isSafeId(id) ? id : undefined
}

function readMeta(text: string) {
  try {
    const body = parseExactJson(text)
    const meta = isMembers(body) ? body['meta'] : null
    return isMembers(meta) ? meta : null
  } catch {
    return null
  }
}
