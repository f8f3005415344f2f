// The files of the page of the query editor, as build/page.ts makes them: their names change with their content.
import { readFile } from 'node:fs/promises'
import { keepUnlessFailed } from './keep-unless-failed.ts'

export type Encoding = 'br' | 'gzip'

export interface PageFiles {
  /** The two files that the page names; it loads the others from them. */
  names(): Promise<{ readonly script: string; readonly style: string }>
  /** null for a name that is none of them. */
  open(name: string, encoding: Encoding | null): Promise<Response | null>
}

interface FileList {
  readonly script: string
  readonly style: string
  readonly files: readonly string[]
}

/**
 * The first is beside the built program; the second is where `npm run build` puts the files for a program that runs
 * from its source.
 */
const FOLDERS = ['../graphiql/', '../../dist/graphiql/'].map((path) => new URL(path, import.meta.url))

const SUFFIXES = { br: '.br', gzip: '.gz' } as const satisfies Record<Encoding, string>

/** Nothing is read before a person opens the page. */
export function createPageFiles(folders: readonly URL[] = FOLDERS): PageFiles {
  const list = keepUnlessFailed(() => readList(folders))
  /** All of them together have some 10 MB, and a browser asks for each once. */
  const kept = new Map<string, Promise<Buffer>>()

  function read(file: URL): Promise<Buffer> {
    const known = kept.get(file.href)
    if (known) return known
    const bytes = readFile(file)
    kept.set(file.href, bytes)
    bytes.catch(() => kept.delete(file.href))
    return bytes
  }

  return {
    names: list,
    async open(name, encoding) {
      const { files, folder } = await list()
      // A name is looked up, so that no path leads out of the folder.
      if (!files.includes(name)) return null
      const bytes = await read(new URL(name + (encoding ? SUFFIXES[encoding] : ''), folder))
      return new Response(new Uint8Array(bytes), {
        headers: {
          ...FILE_HEADERS,
          'content-type': typeOf(name),
          'content-length': String(bytes.length),
          ...(encoding && { 'content-encoding': encoding }),
        },
      })
    },
  }
}

async function readList(folders: readonly URL[]): Promise<FileList & { readonly folder: URL }> {
  let cause: unknown
  for (const folder of folders)
    try {
      return { ...(JSON.parse(await readFile(new URL('files.json', folder), 'utf8')) as FileList), folder }
    } catch (error) {
      cause = error
    }
  throw new Error('The files of the query editor cannot be read: `npm run build` makes them', { cause })
}

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  ttf: 'font/ttf',
}

const typeOf = (name: string): string =>
  TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream'

const FILE_HEADERS = {
  // A file with other bytes has another name.
  'cache-control': 'public, max-age=31536000, immutable',
  vary: 'Accept-Encoding',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  // The policy of a worker is that of its own file, not that of the page.
  'content-security-policy': "default-src 'none'; script-src 'self'",
} as const
