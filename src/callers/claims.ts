// Reads claims of a token: one by its name or path, and whether the roles in it let the caller write.

/** The letters of `read-only`, the one role that the gateway acts on. All other roles belong to other programs. */
const READ_ONLY = 'readonly'
/** RFC 6749 separates the words of `scope` by spaces. Some providers use commas. */
const BETWEEN_ROLES = /[\s,;]+/
/** A list or an object that was written into a text, such as `["read-only"]`: its words cannot be taken as roles. */
const LOOKS_ENCODED = /[[\]{}"\\]/

/**
 * The claim of this name, else what the path of this name leads to, such as `realm_access.roles`. The literal name comes
 * first, because names may contain dots themselves, as addresses do.
 */
export function readClaim(claims: unknown, name: string): unknown {
  if (typeof claims !== 'object' || claims === null) return undefined
  const members = new Map<string, unknown>(Object.entries(claims))
  if (members.has(name)) return members.get(name)
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    const found = readClaim(members.get(name.slice(0, dot)), name.slice(dot + 1))
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * Whether a caller with this claim may only read. A claim that cannot be read, or that names no role, means read-only:
 * otherwise a wrong setting would let every read-only caller write. An absent claim means read-only if it `isRequired`.
 */
export function decideReadOnly(claim: unknown, isRequired: boolean): boolean {
  if (claim === undefined) return isRequired
  const roles = rolesOf(claim)
  return roles === null || roles.length === 0 || roles.some((role) => lettersOf(role) === READ_ONLY)
}

/** Providers restrict how roles are written, so `READ_ONLY` and `readOnly` are the same role. */
const lettersOf = (role: string): string => role.toLowerCase().replace(/[^a-z]/g, '')

/** The roles in a text or in a list of texts, and each text as a whole; null for anything else. */
function rolesOf(claim: unknown): readonly string[] | null {
  const texts = Array.isArray(claim) ? (claim as readonly unknown[]) : [claim]
  const isReadable = texts.every((text) => typeof text === 'string' && !LOOKS_ENCODED.test(text))
  return isReadable ? texts.flatMap((text) => wordsOf(String(text))) : null
}

function wordsOf(text: string): readonly string[] {
  const words = text.split(BETWEEN_ROLES).filter(Boolean)
  return words.length > 1 ? [text, ...words] : words
}
