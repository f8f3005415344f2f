// Warnings about values in the environment that the operator has perhaps not meant, although the gateway can start.
import { isInjected, serviceOf } from './injected.ts'
import { isExported, isTraced, wordsOf } from './otel-rules.ts'
import { settings } from './settings.ts'
import { addressWarnings } from './slips.ts'
import { usualStateDir } from './state-dir.ts'
import { findUnknownNames } from './unknown-names.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Names variables and never their values, which may be misplaced secrets. */
export function warningsOf(env: Environment): string[] {
  return [
    ...serviceWarnings(env),
    ...unknownWarnings(env),
    ...addressWarnings(env),
    ...traceWarnings(env),
    ...metricWarnings(env),
    ...stateWarnings(env),
  ]
}

/**
 * In a pod, the operator's own variables take precedence, so such a value means that the operator has not set the
 * variable.
 */
const serviceWarnings = (env: Environment): string[] =>
  Object.keys(settings)
    .filter((name) => isInjected(name, env[name]))
    .map(
      (name) =>
        `${name} is ignored: it holds the address of a Kubernetes Service named ${serviceOf(name)}. Set it yourself, or set enableServiceLinks: false for the pod`,
    )

function unknownWarnings(env: Environment): string[] {
  const { others, near } = findUnknownNames(env)
  return [
    ...others.map((name) => `${name} is ignored: it is not a setting`),
    ...near.map(({ name, meant }) => `${name} is not a setting: if you mean ${meant}, correct the name`),
  ]
}

function traceWarnings({ OTEL_TRACES_EXPORTER, OTEL_SDK_DISABLED }: Environment): string[] {
  const exporters = wordsOf(OTEL_TRACES_EXPORTER ?? '')
  const warnings: string[] = []
  if (exporters.some((word) => word !== 'otlp' && word !== 'none'))
    warnings.push(
      `OTEL_TRACES_EXPORTER names an exporter that the gateway does not have: it has otlp, and none${isTraced(exporters) ? '' : '. Nothing is traced'}`,
    )
  if (!/^\s*(true|false)?\s*$/i.test(OTEL_SDK_DISABLED ?? ''))
    warnings.push('OTEL_SDK_DISABLED must be true or false: its value counts as false')
  return warnings
}

/** `prometheus` is a usual value, and its page is served if METRICS_PORT is set. */
function metricWarnings({ OTEL_METRICS_EXPORTER, METRICS_PORT = '' }: Environment): string[] {
  const exporters = wordsOf(OTEL_METRICS_EXPORTER ?? '')
  const served = ['otlp', 'none', ...(METRICS_PORT === '' ? [] : ['prometheus'])]
  if (exporters.every((word) => served.includes(word))) return []
  return [
    `OTEL_METRICS_EXPORTER names an exporter that the gateway does not have: it has otlp, and none; for Prometheus set METRICS_PORT${isExported(exporters) ? '' : '. No metrics are sent'}`,
  ]
}

/** Nothing has to be kept if Redis contains what was spent, or if the simulator answers. */
function stateWarnings(env: Environment): string[] {
  const isAsked =
    [env['AURORA_TENANT_ID'], env['TENANTS_FILE']].some(Boolean) || env['CALLER_AUTH'] === 'passthrough'
  if (!isAsked || env['REDIS_URL'] || env['STATE_DIR'] || usualStateDir(env) !== undefined) return []
  return [
    'STATE_DIR is not set, and neither is a home: what is spent of the budget is not kept, so that after a restart within the minute Aurora may answer 429. Set STATE_DIR to a folder, or to off',
  ]
}
