// The rule for a list of addresses of other servers.
import { baseUrl, list } from './rules.ts'

/** At most so many, each as `baseUrl` takes them. Messages quote none. */
export function urls(most: number) {
  const rule = `must be at most ${most} absolute http or https URLs without user, password, query or fragment, separated by commas`
  return list((entry) => baseUrl().safeParse(entry).success, rule)
    .refine((entries) => entries.length <= most, rule)
    .transform((entries) => entries.map((entry) => baseUrl().parse(entry)))
}
