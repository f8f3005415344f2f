// Makes the instruments of the gateway's own metrics, all under one prefix.
import { Counter, Gauge, Histogram } from 'prom-client'
import type { Registry } from 'prom-client'

const PREFIX = 'aurora_gateway_'

export function createMakers(registry: Registry) {
  const registers = [registry]
  return {
    counter: <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
      new Counter({ name: PREFIX + name, help, labelNames, registers }),
    histogram: <Label extends string>(
      name: string,
      help: string,
      form: { readonly buckets: number[]; readonly labelNames?: readonly Label[] },
    ) => new Histogram({ name: PREFIX + name, help, registers, ...form }),
    /** Facts as labels, which other series are joined with. */
    info: (name: string, help: string, facts: Readonly<Record<string, string>>) =>
      new Gauge({ name: PREFIX + name, help, registers, labelNames: Object.keys(facts) }).set(
        { ...facts },
        1,
      ),
    gauge: (name: string, help: string) => new Gauge({ name: PREFIX + name, help, registers }),
    /** `look` returns the total since the start. */
    watchTotal: (name: string, help: string, look: () => number) =>
      new Counter({
        name: PREFIX + name,
        help,
        registers,
        collect() {
          this.reset()
          this.inc(look())
        },
      }),
    /** `look` sets the value at each scrape. */
    watch: (name: string, help: string, look: (gauge: Gauge<'class' | 'connection' | 'kind'>) => void) =>
      new Gauge({
        name: PREFIX + name,
        help,
        registers,
        labelNames: ['class', 'connection', 'kind'],
        collect() {
          look(this)
        },
      }),
  }
}
