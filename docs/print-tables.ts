// Started by `npm run docs`: prints the tables that restate code into their pages.
import { readFileSync, writeFileSync } from 'node:fs'
import { PRINTED_PAGES, printTables } from './tables.ts'

for (const name of PRINTED_PAGES) {
  const page = new URL(name, import.meta.url)
  writeFileSync(page, await printTables(readFileSync(page, 'utf8')))
}
