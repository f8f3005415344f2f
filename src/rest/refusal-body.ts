// Reads from a refusal of Aurora which object prevents a write.
import { isMembers, readAuroraId } from '../aurora/body.ts'
import { parseExactJson } from '../aurora/exact-json.ts'
import { isSafeId } from './ids.ts'

/** `{"meta": {"design_request_id": "…"}}` names the running request of a project, for which another one was refused. */
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
