// How benchmarks start the program: as `npm run start:prod` does.
import { readFileSync } from 'node:fs'

const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly scripts: { readonly 'start:prod': string }
}

const words = scripts['start:prod'].split(' ').slice(2)

/**
 * The words for Node. `NODE_FLAGS` of the environment come after those of the script, for comparisons: of a flag that is given twice
 * the last one holds.
 */
export const PROGRAM: readonly string[] = [
  ...words.slice(0, -1),
  ...(process.env['NODE_FLAGS'] ?? '').split(' ').filter((word) => word !== ''),
  ...words.slice(-1),
]
