import { fixed } from './java-format.ts'

/** A client's metrics by name, as `--print-metrics` shows them. */
export function metricsTable(metrics: Readonly<Record<string, number>>): string {
  const rows = Object.entries(metrics).sort(([one], [other]) => (one < other ? -1 : 1))
  if (rows.length === 0) return ''
  const width = Math.max(...rows.map(([name]) => name.length))
  const lines = rows.map(([name, value]) => `${name.padEnd(width)} : ${fixed(value, 3)}\n`)
  return `\n${'Metric Name'.padEnd(width)}   Value\n${lines.join('')}`
}
