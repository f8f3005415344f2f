// The licences of the packages that are in the bundle, because a bundle hands their code on.
import { readFileSync, readdirSync } from 'node:fs'
import type { Metafile } from 'esbuild'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly license: string
  readonly author?: string | { readonly name: string }
}

export function noticesOf(root: string, { outputs }: Pick<Metafile, 'outputs'>): string {
  const folders = new Set(
    Object.values(outputs)
      .flatMap(({ inputs }) => Object.entries(inputs))
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .flatMap(([path]) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
  )
  const notices = [...folders].sort().map((folder) => noticeOf(`${root}${folder}`))
  return `${notices.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`
}

function noticeOf(folder: string): string {
  const { name, version, license, author } = JSON.parse(
    readFileSync(`${folder}/package.json`, 'utf8'),
  ) as Manifest
  const texts = readdirSync(folder).filter((file) =>
    /^(licen[cs]e|notice|copying|thirdpartynotices)\b/i.test(file),
  )
  const by = typeof author === 'object' ? author.name : author
  if (texts.length === 0 && license !== 'MIT')
    throw new Error(`${name} has no text of its licence, ${license}`)
  return [
    `${name} ${version} (${license})${by === undefined ? '' : `, ${by}`}`,
    ...(texts.length > 0 ? texts.map((file) => readFileSync(`${folder}/${file}`, 'utf8').trim()) : [MIT]),
  ].join('\n\n')
}

/** https://spdx.org/licenses/MIT.html, for packages that name it and have no file with its text. */
const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify,
merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE
FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`
