// The worked example of a page of docs/how-to: its blocks of code, and how each is put into a copy of the checkout.
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = new URL('../..', import.meta.url).pathname

/** Where the text of a block goes: beside a line of a file, or into a file of its own. */
type Place = 'below' | 'above' | 'instead of' | 'new'

export interface Edit {
  readonly path: string
  readonly place: Place
  /** The line beside which the text goes, without its indentation; empty for a new file. */
  readonly anchor: string
  /** The line below the anchor that is meant, where the anchor only leads to it. */
  readonly inside: string | undefined
  readonly text: string
}

/** Such as "In `src/a.ts`, below `const TABLE = {`", and then the block. */
const BLOCK =
  /^In (?:the new file )?`([^`]+)`(?:, (below|above|instead of) `(.+?)`(?:, inside `([^`]+)`)?)?\n\n```\w+\n([^]*?)^```$/gm

export const readExample = (page: string): readonly Edit[] =>
  [...page.matchAll(BLOCK)].map(([, path = '', place, anchor = '', inside, text = '']) => ({
    path,
    place: (place as Place | undefined) ?? 'new',
    anchor,
    inside,
    text,
  }))

/** What the commands of the pages need. */
const COPIED = [
  'src',
  'schema',
  'docs',
  'test/import-table.ts',
  'package.json',
  'tsconfig.json',
  '.prettierrc.json',
]

export interface Checkout extends Disposable {
  readonly root: string
  read(path: string): string
  /** Throws where the file has no such line. */
  apply(edit: Edit): void
}

export function copyCheckout(): Checkout {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'how-to-'))
  for (const name of COPIED) cpSync(join(ROOT, name), join(root, name), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'))
  const read = (path: string): string => readFileSync(join(root, path), 'utf8')
  return {
    root,
    read,
    apply: (edit) =>
      writeFileSync(join(root, edit.path), edit.place === 'new' ? edit.text : insert(read(edit.path), edit)),
    [Symbol.dispose]: () => rmSync(root, { recursive: true }),
  }
}

function insert(file: string, { path, place, anchor, inside, text }: Edit): string {
  const lines = file.split('\n')
  const find = (wanted: string, from: number): number => {
    const index = lines.findIndex((line, at) => at >= from && line.trim() === wanted)
    if (index < 0) throw new Error(`${path} has no line ${wanted}`)
    return index
  }
  const outer = find(anchor, 0)
  const line = inside === undefined ? outer : find(inside, outer)
  const first = place === 'below' ? line + 1 : line
  // The page has its blocks without indentation; they get that of the line whose place they take.
  const indent = /^ */.exec(lines[first] ?? '')?.[0] ?? ''
  const indented = text.trimEnd().split('\n')
  lines.splice(first, place === 'instead of' ? 1 : 0, ...indented.map((each) => each && indent + each))
  return lines.join('\n')
}
