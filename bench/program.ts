// How benchmarks start the program: as `npm run start:prod` does.
import { readFileSync } from 'node:fs'

const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly scripts: { readonly 'start:prod': string }
}

/** The words for Node. `NODE_FLAGS` of the environment come first, for comparisons. */
export const PROGRAM: readonly string[] = [
  ...(process.env['NODE_FLAGS'] ?? '').split(' ').filter((word) => word !== ''),
  ...scripts['start:prod'].split(' ').slice(2),
]
