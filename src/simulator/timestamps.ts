// The two forms in which Aurora writes an instant, and the lengths of time that the data is made with.

export const HOUR_MS = 60 * 60_000
export const DAY_MS = 24 * HOUR_MS

/** `YYYY-MM-DD HH:MM:SS UTC`: projects, agreements, financings. */
export function toAuroraTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** ISO 8601 in whole seconds: designs and their milestones. */
export function toIsoTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`
}
