// What the gateway has put into the page: the examples, and the headers that a caller has to fill in.
export interface PageSettings {
  readonly examples: readonly string[]
  readonly headers: string
  /** Whether the browser keeps headers for the next visit: not where they have a token of Aurora. */
  readonly keepsHeaders: boolean
}

export function readSettings(page: Document): PageSettings {
  const { examples, headers, keepsHeaders } = JSON.parse(
    page.getElementById('settings')?.textContent ?? '{}',
  ) as Partial<PageSettings>
  return { examples: examples ?? [], headers: headers ?? '', keepsHeaders: keepsHeaders ?? false }
}
