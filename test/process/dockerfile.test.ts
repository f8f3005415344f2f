// Checks the rules for the image in the Dockerfile. `npm run prove:image` shows that the image builds and runs.
import { existsSync, readFileSync } from 'node:fs'
import { validate } from 'dockerfile-utils'
import { describe, expect, it } from 'vitest'
import { CHECKOUT, createIsSent, readDockerfile, readStages } from './read-dockerfile.ts'
import type { Step } from './read-dockerfile.ts'

const read = (path: string): string => readFileSync(new URL(path, CHECKOUT), 'utf8')

const text = readDockerfile()
const stages = readStages(text)
const final = stages.at(-1)?.steps ?? []
const all = (keyword: string): readonly Step[] => final.filter((step) => step.keyword === keyword)
const only = (keyword: string): Step | undefined => (all(keyword).length === 1 ? all(keyword)[0] : undefined)

describe('the Dockerfile', () => {
  it('has nothing that a builder refuses or warns about', () => {
    expect(validate(text).map(({ message, range }) => ({ message, line: range.start.line + 1 }))).toEqual([])
    expect(validate('FROM node:24\nWORKDIR app\nHEALTHCHECK --intreval=1s CMD x\n')).toHaveLength(2)
  })

  it('builds in one stage and runs in another, on one pinned long-term release of Node', () => {
    expect(stages.map(({ image }) => image)).toEqual(['node:24-bookworm-slim', 'node:24-bookworm-slim'])
  })

  it('builds on the machine that there is, for whatever one the image is: nothing runs in the final stage', () => {
    expect(stages.map(({ platform }) => platform)).toEqual(['$BUILDPLATFORM', null])
    expect(all('RUN')).toEqual([])
  })

  it('runs a Node that package.json accepts', () => {
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } }
    const oldest = Number(/^>=(\d+)\./.exec(engines.node)?.[1])
    expect(24).toBeGreaterThanOrEqual(oldest)
  })

  it('installs from the lock file alone, and nothing in the final stage', () => {
    const installs = stages.map(({ steps }) =>
      steps.flatMap(({ words }) => words).filter((word) => /\bnpm (ci|i|install)\b/.test(word)),
    )
    expect(installs).toEqual([['npm ci'], []])
  })

  it('takes no source into the final stage', () => {
    const copied = all('COPY').flatMap(({ words }) => words.slice(0, -1))
    expect(copied).toEqual(['examples', 'package.json', '/app/dist'])
  })

  it('copies only what exists and reaches the builder', () => {
    const isSent = createIsSent(read('.dockerignore'))
    const sources = stages
      .flatMap(({ steps }) => steps)
      .filter(({ keyword, fromStage }) => (keyword === 'COPY' || keyword === 'ADD') && fromStage === null)
      .flatMap(({ words }) => words.slice(0, -1))
    expect(sources.filter((path) => !existsSync(new URL(path, CHECKOUT)))).toEqual([])
    expect(sources.filter((path) => !isSent(path))).toEqual([])
  })

  it('copies from stages that came before', () => {
    const names = stages.map(({ name }) => name)
    expect(all('COPY').flatMap(({ fromStage }) => fromStage ?? [])).toEqual(names.slice(0, -1))
  })

  it('does not run as root, and gives up root only after everything is installed', () => {
    expect(only('USER')?.words).toEqual(['node'])
    const order = final.map(({ keyword }) => keyword)
    expect(order.indexOf('USER')).toBeGreaterThan(order.lastIndexOf('RUN'))
    expect(order.indexOf('USER')).toBeGreaterThan(order.lastIndexOf('COPY'))
  })

  it('starts Node directly, because a shell or npm would not pass signals on', () => {
    expect(only('CMD')).toMatchObject({
      isExecForm: true,
      words: ['node', '--v8-pool-size=1', 'dist/main.js'],
    })
    expect(only('STOPSIGNAL')?.words).toEqual(['SIGTERM'])
    expect(all('ENTRYPOINT')).toEqual([])
  })

  it('checks its health with Node, because the slim image has no curl', () => {
    expect(only('HEALTHCHECK')?.isExecForm).toBe(true)
    expect(only('HEALTHCHECK')?.words[0]).toBe('node')
    expect(only('HEALTHCHECK')?.words.at(-1)).toContain('/health')
  })

  it('is set for production, reachable, and closed to callers without a key', () => {
    expect(only('ENV')?.variables).toEqual({
      NODE_ENV: 'production',
      HOST: '0.0.0.0',
      PORT: '4000',
      CALLER_AUTH: 'keys',
    })
    expect(only('EXPOSE')?.words).toEqual(['4000'])
  })

  it('carries no secret', () => {
    expect(text).not.toMatch(/TOKEN|SECRET|PASSWORD|GATEWAY_KEYS *=/)
    expect(stages.flatMap(({ steps }) => steps).map(({ keyword }) => keyword)).not.toContain('ARG')
  })
})

describe('what .dockerignore lets in', () => {
  const isSent = createIsSent(read('.dockerignore'))

  it.each([
    '.git/config',
    '.env',
    'node_modules/graphql/index.js',
    'dist/main.js',
    'test/x.ts',
    'README.md',
    'examples/board/start.ts',
  ])('is not %s', (path) => {
    expect(isSent(path)).toBe(false)
  })

  it.each(['package.json', 'src/main.ts', 'src/rest/client.ts'])('is %s', (path) => {
    expect(isSent(path)).toBe(true)
  })

  it.each([
    ['', 'a', true],
    ['a', 'a/b', false],
    ['*.log', 'x.log', false],
    ['*.log', 'a/x.log', true],
    ['**/*.log', 'a/x.log', false],
    ['a\n!a/b', 'a/b/c', true],
    ['!a\na', 'a', false],
    ['# a\n/a/', 'a', false],
    ['a.b', 'axb', true],
  ])('with %j, of %s: %s', (dockerignore, path, verdict) => {
    expect(createIsSent(dockerignore)(path)).toBe(verdict)
  })
})
