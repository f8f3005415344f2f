// The summary of `npm run webhooks` as text for people.
import type { Line, Summary, TenantSummary } from './manage.ts'

/** One table for each tenant. */
export function printSummary({ url, tenants }: Summary): string {
  return tenants.map((tenant) => printTenant(url, tenant)).join('\n\n')
}

function printTenant(url: string, { tenant, failed, others, subscriptions }: TenantSummary): string {
  const title = `${tenant}: webhooks to ${url}`
  if (failed !== null) return `${title}\nfailed: ${failed}`
  const counts = new Map<string, number>()
  for (const { state } of subscriptions) counts.set(state, (counts.get(state) ?? 0) + 1)
  const sums = [...counts].map(([state, count]) => `${count} ${state}`)
  const rest = others > 0 ? [`${others} of others, which stay as they are`] : []
  return [title, ...printLines(subscriptions), [...sums, ...rest].join(', ') || 'none'].join('\n')
}

function printLines(lines: readonly Line[]): readonly string[] {
  const width = Math.max(0, ...lines.map(({ event }) => event.length))
  return lines.map(({ event, state, why }) => `${event.padEnd(width)}  ${state.padEnd(8)}  ${why}`.trimEnd())
}
