// The Dockerfile as stages of plain steps, and what .dockerignore lets the builder see of the checkout.
import { readFileSync } from 'node:fs'
import { Copy, DockerfileParser, Env, From, Healthcheck, JSONInstruction } from 'dockerfile-ast'

export interface Stage {
  readonly image: string
  readonly name: string | null
  /** Of `--platform`; null: that of the image. */
  readonly platform: string | null
  readonly steps: readonly Step[]
}

export interface Step {
  readonly keyword: string
  /** The words of an exec form, or the text of a shell form as one word. */
  readonly words: readonly string[]
  /** Written as a JSON list, so it runs without a shell, which would not pass signals on. */
  readonly isExecForm: boolean
  /** COPY only: the stage it copies from. */
  readonly fromStage: string | null
  /** ENV only. */
  readonly variables: Readonly<Record<string, string>>
}

export const CHECKOUT = new URL('../../', import.meta.url)

export const readDockerfile = (): string => readFileSync(new URL('Dockerfile', CHECKOUT), 'utf8')

export function readStages(text: string): readonly Stage[] {
  const stages: (Stage & { readonly steps: Step[] })[] = []
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    if (instruction instanceof From)
      stages.push({
        image: instruction.getImage() ?? '',
        name: instruction.getBuildStage(),
        platform: instruction.getPlatformFlag()?.getValue() ?? null,
        steps: [],
      })
    else stages.at(-1)?.steps.push(stepOf(instruction))
  }
  return stages
}

type Instruction = ReturnType<ReturnType<typeof DockerfileParser.parse>['getInstructions']>[number]

function stepOf(instruction: Instruction): Step {
  const content = instruction.getArgumentsContent() ?? ''
  const command =
    instruction instanceof Healthcheck ? content.slice(content.indexOf('CMD') + 3).trim() : content
  const isExecForm =
    command.startsWith('[') && (instruction instanceof JSONInstruction || instruction instanceof Healthcheck)
  const isList = instruction instanceof Copy
  return {
    keyword: instruction.getKeyword(),
    words: isExecForm ? wordsOf(command) : isList ? instruction.getArguments().map(String) : [command],
    isExecForm,
    fromStage: isList ? (instruction.getFromFlag()?.getValue() ?? null) : null,
    variables: instruction instanceof Env ? variablesOf(instruction) : {},
  }
}

const wordsOf = (list: string): string[] => (JSON.parse(list) as unknown[]).map(String)

const variablesOf = (env: Env): Record<string, string> =>
  Object.fromEntries(env.getProperties().map((property) => [property.getName(), property.getValue() ?? '']))

/**
 * Whether the builder sees a path of the checkout: the last line of .dockerignore that matches it, or a folder above it,
 * decides. `*`, `?`, `!` and comments are supported; `**` counts as `*` across folders.
 */
export function createIsSent(dockerignore: string): (path: string) => boolean {
  const lines = dockerignore.split('\n').map((line) => line.trim())
  const rules = lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ isException: line.startsWith('!'), pattern: patternOf(line.replace(/^!/, '')) }))
  return (path) => {
    const parts = path.split('/')
    const paths = parts.map((_, index) => parts.slice(0, index + 1).join('/'))
    const last = rules.findLast(({ pattern }) => paths.some((each) => pattern.test(each)))
    return last?.isException ?? true
  }
}

const patternOf = (glob: string): RegExp => {
  const escaped = glob.replace(/^\/|\/$/g, '').replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
  const body = escaped.replaceAll(/\*\*\/?|\*|\?/g, (sign) =>
    sign.startsWith('**') ? '.*' : sign === '*' ? '[^/]*' : '[^/]',
  )
  return new RegExp(`^${body}$`)
}
