#!/usr/bin/env bash
# Observable counters of OpenTelemetry keep one series and drop the others, if a view removes an attribute or limits their number.
#
# Versions: @opentelemetry/sdk-metrics 2.12.1 (3.1.1 does the same), @opentelemetry/api 1.9.1; Node 20.20.
#
# What one would expect: a view that removes the attribute `host` adds the values of all hosts. A view that limits the number of
# series adds what is above the limit in one series, `otel.metric.overflow`. In both cases the total stays as it was, so a view
# can be changed without touching the program.
#
# What happens: this is true for counters that the program adds to. For observable counters and observable up-down counters,
# whose callback tells a value for each host, the last value that was told replaces all others. Ten hosts with 10 connections each
# become 10 connections, and with a limit of 3 series they become 30. Nothing is logged. The numbers look right, because they go up
# and down with those of one host.
#
# Source: "Asynchronous example: attribute removal in a view" in specification/metrics/supplementary-guidelines.md, and "Overflow
# attribute" in sdk.md, of https://github.com/open-telemetry/opentelemetry-specification; its issue 2905. The method `record` of
# AsyncMetricStorage and `batchCumulate` of DeltaMetricProcessor in the package. Other languages have had it too, for example
# https://github.com/open-telemetry/opentelemetry-java/issues/4901.
#
# Output seen:
#   no view: counter 100, observable counter 100, observable up-down counter 100
#   a view without "host": counter 100, observable counter 10, observable up-down counter 10
#   a view with at most 3 series: counter 100, observable counter 30, observable up-down counter 30
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @opentelemetry/sdk-metrics@2.12.1 @opentelemetry/api@1.9.1
cat >run.mjs <<'JS'
import { AggregationTemporality, createDenyListAttributesProcessor, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'

const HOSTS = Array.from({ length: 10 }, (_, number) => `host-${number}`)

/** A reader that does nothing by itself: it is asked. */
class Reader extends MetricReader {
  onForceFlush() {
    return Promise.resolve()
  }
  onShutdown() {
    return Promise.resolve()
  }
}

const views = {
  'no view': [],
  'a view without "host"': [{ instrumentName: '*', attributesProcessors: [createDenyListAttributesProcessor(['host'])] }],
  'a view with at most 3 series': [{ instrumentName: '*', aggregationCardinalityLimit: 3 }],
}
for (const [name, list] of Object.entries(views)) {
  const reader = new Reader({ aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE })
  const provider = new MeterProvider({ readers: [reader], views: list })
  const meter = provider.getMeter('finding')
  const tellAll = (result) => HOSTS.forEach((host) => result.observe(10, { host }))
  const counter = meter.createCounter('counter')
  HOSTS.forEach((host) => counter.add(10, { host }))
  meter.createObservableCounter('observable counter').addCallback(tellAll)
  meter.createObservableUpDownCounter('observable up-down counter').addCallback(tellAll)
  const { resourceMetrics, errors } = await reader.collect()
  if (errors.length > 0) throw errors[0]
  const totals = resourceMetrics.scopeMetrics[0].metrics.map(
    ({ descriptor, dataPoints }) => `${descriptor.name} ${dataPoints.reduce((sum, { value }) => sum + value, 0)}`,
  )
  console.log(`${name}: ${totals.join(', ')}`)
  await provider.shutdown()
}
JS
node run.mjs | tee seen
diff seen - <<'SEEN'
no view: counter 100, observable counter 100, observable up-down counter 100
a view without "host": counter 100, observable counter 10, observable up-down counter 10
a view with at most 3 series: counter 100, observable counter 30, observable up-down counter 30
SEEN
