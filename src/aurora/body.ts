// Bodies of Aurora, as they come: open objects whose members may be absent, null or of an unexpected form.

export type Members = Readonly<Record<string, unknown>>

export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
