// The files of the query editor: only those that the build has listed, under names that a browser may keep for a year.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { createPage } from '../../../src/graphql/graphiql.ts'
import { createPageFiles } from '../../../src/graphql/page-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'page-'))
afterAll(() => rmSync(folder, { recursive: true }))
const list = { script: 'page-A.js', style: 'page-B.css', files: ['page-A.js', 'page-B.css'] }
writeFileSync(join(folder, 'files.json'), JSON.stringify(list))
writeFileSync(join(folder, 'page-A.js'), 'plain')
writeFileSync(join(folder, 'page-A.js.br'), 'brotli')
writeFileSync(join(folder, 'page-A.js.gz'), 'gzip')

const empty = new URL('./nothing-is-here/', pathToFileURL(`${folder}/`))
const files = createPageFiles([empty, pathToFileURL(`${folder}/`)])

describe('the files of the query editor', () => {
  it.each([
    [null, 'plain'],
    ['br', 'brotli'],
    ['gzip', 'gzip'],
  ] as const)('are given as the client accepts them: %j', async (encoding, body) => {
    const response = await files.open('page-A.js', encoding)
    expect(await response?.text()).toBe(body)
    expect(response?.headers.get('content-encoding')).toBe(encoding)
    expect(response?.headers.get('content-length')).toBe(String(body.length))
    expect(response?.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(response?.headers.get('cache-control')).toContain('immutable')
    expect(response?.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it.each(['files.json', 'page-A.js.br', '../page-A.js', '', 'page-C.js', '%2e%2e/x', 'constructor'])(
    'are no others: %s',
    async (name) => {
      expect(await files.open(name, null)).toBeNull()
    },
  )

  it('that are not built are an error that names the command, and are looked for again', async () => {
    const later = mkdtempSync(join(tmpdir(), 'page-'))
    const missing = createPageFiles([pathToFileURL(`${later}/`)])
    await expect(missing.names()).rejects.toThrow('`npm run build` makes them')
    writeFileSync(join(later, 'files.json'), JSON.stringify(list))
    expect(await missing.names()).toMatchObject({ script: 'page-A.js' })
    rmSync(later, { recursive: true })
  })
})

describe('the page', () => {
  it('names its files relative to itself, and runs nothing that is written in it', async () => {
    const examples = ['{ a } # </script><script>alert(1)</script>']
    const response = await createPage({ examples, callerAuth: 'keys' }, files).open()
    const html = await response.text()
    expect(html).toContain('src="graphql/files/page-A.js"')
    expect(html).toContain('href="graphql/files/page-B.css"')
    expect(html.match(/<script/g)).toHaveLength(2)
    const [, settings] = /<script type="application\/json" id="settings">(.*)<\/script>/.exec(html) ?? []
    expect(JSON.parse(settings ?? '')).toMatchObject({ examples })
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'; script-src 'self';")
    expect(policy).not.toMatch(/unsafe-eval|blob:|script-src[^;]*unsafe/)
  })
})
