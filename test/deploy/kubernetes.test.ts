// deploy/kubernetes without a cluster: each object by Kubernetes' own schemas, the sums of times, and what Service links would do.
import { readFileSync } from 'node:fs'
import { Deployment } from 'kubernetes-models/apps/v1/Deployment'
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget'
import { Service } from 'kubernetes-models/v1/Service'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { readConfig, readWarnings } from '../../src/config/read-config.ts'
import { SECRET_FILES } from '../../src/config/secret-files.ts'
import { settings } from '../../src/config/settings.ts'
import { SHUTDOWN_MARGIN_MS } from './shutdown.ts'

const KINDS = {
  'apps/v1 Deployment': { model: Deployment, path: 'kubernetes-models/apps/v1/Deployment' },
  'autoscaling/v2 HorizontalPodAutoscaler': {
    model: HorizontalPodAutoscaler,
    path: 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler',
  },
  'networking.k8s.io/v1 NetworkPolicy': {
    model: NetworkPolicy,
    path: 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy',
  },
  'policy/v1 PodDisruptionBudget': {
    model: PodDisruptionBudget,
    path: 'kubernetes-models/policy/v1/PodDisruptionBudget',
  },
  'v1 Service': { model: Service, path: 'kubernetes-models/v1/Service' },
} as const

interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly spec: unknown
}

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(`deploy/kubernetes/${path}`, root), 'utf8')
const kustomization = parse(read('kustomization.yaml')) as {
  resources: string[]
  configMapGenerator: { name: string; envs: string[] }[]
  images: { name: string; newTag: string }[]
}
const manifests = kustomization.resources.flatMap((path) =>
  parseAllDocuments(read(path)).map((document) => document.toJS() as Manifest),
)
const kindOf = ({ apiVersion, kind }: Manifest) => KINDS[`${apiVersion} ${kind}` as keyof typeof KINDS]
const find = <Kind>(kind: string, name: string): Kind =>
  manifests.find((each) => each.kind === kind && each.metadata.name === name) as Kind

const NAME = 'aurora-graphql-gateway'
const deployment = find<InstanceType<typeof Deployment>>('Deployment', NAME)
const scaler = find<InstanceType<typeof HorizontalPodAutoscaler>>('HorizontalPodAutoscaler', NAME)
const pod = deployment.spec?.template.spec
const container = pod?.containers[0]
const given = Object.fromEntries(
  read('gateway.env')
    .split('\n')
    .filter((line) => /^\w+=/.test(line))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
) as Readonly<Record<string, string>>
const fromPod = Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value ?? '']))
const image = { NODE_ENV: 'production', HOST: '0.0.0.0', PORT: '4000', CALLER_AUTH: 'keys' }
/** As in a pod, with the secrets in the environment, since their files are not there. */
const environment = {
  ...image,
  ...given,
  AURORA_API_TOKEN: 'sk_prod_token',
  GATEWAY_KEYS: `app:${'a'.repeat(64)}`,
  REDIS_URL: 'redis://:password@aurora-redis:6379',
}

/** Unknown members, which the schemas allow and an API server refuses: the types of the models know all that there are. */
function unknownMembers(checked: readonly Manifest[]): readonly string[] {
  const file = new URL('manifests.ts', import.meta.url).pathname
  const text = checked
    .map((manifest, index) => {
      const { path } = kindOf(manifest)
      return `import type { I${manifest.kind} as I${index} } from '${path}'\nexport const m${index}: I${index} = ${JSON.stringify(manifest)}`
    })
    .join('\n')
  const options: ts.CompilerOptions = {
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    types: [],
    lib: ['lib.es5.d.ts'],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  }
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists } = host
  host.fileExists = (name) => name === file || fileExists(name)
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(file, text, ts.ScriptTarget.ES2020) : getSourceFile(name, ...rest)
  const program = ts.createProgram([file], options, host)
  return ts
    .getPreEmitDiagnostics(program, program.getSourceFile(file))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
}

describe('deploy/kubernetes', () => {
  it.each(manifests.map((manifest) => [manifest.kind, manifest.metadata.name, manifest] as const))(
    '%s %s is what the schema of Kubernetes allows',
    (_, _name, manifest) => {
      const { model: Model } = kindOf(manifest)
      new Model(manifest as never).validate()
      expect(() => new Model({ ...manifest, spec: 1 } as never).validate()).toThrow('spec')
    },
  )

  it('has no member that Kubernetes does not know', () => {
    const wrong = { ...(deployment as unknown as Manifest), spec: { ...deployment.spec, replcas: 2 } }
    // In one program with the others, because to read the types takes a second.
    expect(unknownMembers([...manifests, wrong])).toEqual([
      `Object literal may only specify known properties, and '"replcas"' does not exist in type 'IDeploymentSpec'.`,
    ])
  })

  it('names settings that there are, with values that a gateway starts with in production', () => {
    const names = [...Object.keys(settings), ...SECRET_FILES]
    expect([...Object.keys(given), ...Object.keys(fromPod)].filter((name) => !names.includes(name))).toEqual(
      [],
    )
    expect(readConfig(environment)).toMatchObject({ isProduction: true, metrics: { port: 9464 } })
    expect(readWarnings(environment)).toEqual([])
    const dockerfile = readFileSync(new URL('Dockerfile', root), 'utf8')
    for (const [name, value] of Object.entries(image)) expect(dockerfile).toContain(`${name}=${value}`)
  })

  it('gives a pod the time in which a gateway ends in good order, after its readiness was noticed', () => {
    const { shutdownNoticeMs, shutdownGraceMs } = readConfig(environment)
    const neededMs = shutdownNoticeMs + shutdownGraceMs + SHUTDOWN_MARGIN_MS
    expect((pod?.terminationGracePeriodSeconds ?? 0) * 1000).toBeGreaterThan(neededMs)
    const { periodSeconds = 10, failureThreshold = 3, timeoutSeconds = 1 } = container?.readinessProbe ?? {}
    expect(shutdownNoticeMs).toBeGreaterThanOrEqual(
      (periodSeconds * failureThreshold + timeoutSeconds) * 1000,
    )
  })

  it('asks for paths and ports that there are', () => {
    const names = container?.ports?.map(({ name, containerPort }) => [name, String(containerPort)])
    expect(names).toEqual([
      ['http', image.PORT],
      ['metrics', given['METRICS_PORT']],
    ])
    const { startupProbe, livenessProbe, readinessProbe } = container ?? {}
    expect([startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.httpGet?.path)).toEqual([
      '/health',
      '/health',
      '/ready',
    ])
    expect(deployment.spec?.template.metadata?.annotations?.['prometheus.io/port']).toBe(
      given['METRICS_PORT'],
    )
  })

  it('has room in the budget for all pods of one deployment: those that end do not count towards maxSurge', () => {
    const { maxSurge, maxUnavailable } = deployment.spec?.strategy?.rollingUpdate ?? {}
    expect([maxSurge, maxUnavailable]).toEqual([1, 0])
    const most = scaler.spec?.maxReplicas ?? 0
    const [old, made] = [most, most]
    expect(readConfig(environment).redis?.maxReplicas).toBe(old + made + Number(maxSurge))
    expect(scaler.spec?.minReplicas).toBeGreaterThan(1)
    expect(scaler.spec?.metrics?.map(({ resource }) => resource?.name)).toEqual(['cpu'])
    expect(deployment.spec).not.toHaveProperty('replicas')
  })

  it('runs pods without rights, and the user of the image', () => {
    for (const { spec } of manifests.filter(({ kind }) => kind === 'Deployment') as InstanceType<
      typeof Deployment
    >[]) {
      expect(spec?.template.spec).toMatchObject({
        enableServiceLinks: false,
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      })
      expect(spec?.template.spec?.containers.map(({ securityContext }) => securityContext)).toEqual([
        { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
      ])
    }
  })

  it('mounts each secret where its setting says, and what may be written where STATE_DIR says', () => {
    const mounts = container?.volumeMounts ?? []
    const at = (volume: string): string | undefined => mounts.find(({ name }) => name === volume)?.mountPath
    expect(Object.values(fromPod)).toEqual(
      ['aurora_api_token', 'gateway_keys', 'redis_url'].map((key) => `${at('secrets')}/${key}`),
    )
    expect(at('state')).toBe(given['STATE_DIR'])
    const readme = readFileSync(new URL('deploy/README.md', root), 'utf8')
    for (const key of ['aurora_api_token', 'gateway_keys', 'redis_url', 'redis_password'])
      expect(readme).toContain(`secrets/${key}`)
  })

  it('selects by labels that pods have, and points at objects that there are', () => {
    const pods = manifests
      .filter(({ kind }) => kind === 'Deployment')
      .map((each) => (each as unknown as InstanceType<typeof Deployment>).spec?.template.metadata?.labels)
    const selectors = [...JSON.stringify(manifests).matchAll(/\{"app\.kubernetes\.io\/name":"[^"]+"\}/g)]
    const labels = pods.map((each) => JSON.stringify(each))
    expect(selectors.map(([text]) => text).filter((text) => !labels.includes(text))).toEqual([])
    expect(scaler.spec?.scaleTargetRef.name).toBe(NAME)
    expect(kustomization.configMapGenerator.map(({ name }) => name)).toEqual([
      container?.envFrom?.[0]?.configMapRef?.name,
    ])
  })

  it('runs the image of this version', () => {
    const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string }
    expect(kustomization.images).toEqual([{ name: container?.image, newTag: version }])
  })

  it('would start with Service links, too, and they would change nothing but what the log says', () => {
    const names = [
      ...manifests.filter(({ kind }) => kind === 'Service').map(({ metadata }) => metadata.name),
      // Other Services of the namespace: the names of these become names of settings.
      'metrics',
      'redis',
    ]
    const links = Object.assign({}, ...names.map(linksOf)) as Readonly<Record<string, string>>
    expect(links).toHaveProperty('METRICS_PORT', 'tcp://10.0.0.1:6379')
    const without = { ...environment, METRICS_PORT: '' }
    expect(readConfig({ ...without, ...links })).toEqual(readConfig(without))
    expect(readWarnings({ ...without, ...links })).toEqual([
      'METRICS_PORT is ignored: it holds the address of a Kubernetes Service named metrics. Set it yourself, or set enableServiceLinks: false for the pod',
    ])
  })
})

/** What the kubelet adds to each container for a Service. */
function linksOf(service: string): Record<string, string> {
  const name = service.toUpperCase().replaceAll('-', '_')
  const url = 'tcp://10.0.0.1:6379'
  return {
    [`${name}_SERVICE_HOST`]: '10.0.0.1',
    [`${name}_SERVICE_PORT`]: '6379',
    [`${name}_SERVICE_PORT_HTTP`]: '6379',
    [`${name}_PORT`]: url,
    [`${name}_PORT_6379_TCP`]: url,
    [`${name}_PORT_6379_TCP_PROTO`]: 'tcp',
    [`${name}_PORT_6379_TCP_PORT`]: '6379',
    [`${name}_PORT_6379_TCP_ADDR`]: '10.0.0.1',
  }
}
