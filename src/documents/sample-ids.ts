// Ids of the simulated Aurora, one for each type that documents look up by id.

/** Executed by a gateway over the simulator, so its calls are free. */
export const SAMPLE_IDS_QUERY = `{
  projects(first: 5) {
    nodes {
      id
      agreements { id }
      ahj { id }
      assets { id }
      order { id }
      siteSurveys { id }
      utilityBills { id }
      designs { id assets { id } financings { id } }
    }
  }
  dcOptimizers(first: 1) { nodes { id } }
  designRequests { id }
  inverters(first: 1) { nodes { id } }
  modules(first: 1) { nodes { id } }
  partners { id }
  proposalTemplates { id }
  roles { id }
  sharedProjects(first: 1) { nodes { id } }
  teams { id }
  users { id }
  webhooks { id }
}`

/** The first id of each type in an answer, by the name of the type. */
export function collectIds(answer: unknown): ReadonlyMap<string, string> {
  const ids = new Map<string, string>()
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    const { id } = value as { readonly id?: unknown }
    const typeName = typeof id === 'string' ? id.match(/^([A-Za-z]+):/)?.[1] : undefined
    if (typeof id === 'string' && typeName !== undefined && !ids.has(typeName)) ids.set(typeName, id)
    Object.values(value).forEach(collect)
  }
  collect(answer)
  return ids
}
