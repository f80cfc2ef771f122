import { type ConfigRow, type ConfigType, LONG_MAX } from './config-row.ts'

/** A value as Kafka's tools print it and DescribeConfigs returns it; null stays null. Passwords are not hidden here. */
export function formatValue<T>(row: ConfigRow<T>, value: T): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'number') return formatNumber(row.type, value)
  if (Array.isArray(value)) return value.join(',')
  return String(value)
}

export function formatNumber(type: ConfigType, value: number): string {
  if (type === 'DOUBLE') return javaDouble(value)
  if (type !== 'LONG') return String(value)
  if (value >= LONG_MAX) return '9223372036854775807'
  return value <= -LONG_MAX ? '-9223372036854775808' : String(value)
}

/** Java's `Double.toString`: always a fraction, and powers of ten below 10^-3 and from 10^7. */
function javaDouble(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  if (size === 0 || (size >= 1e-3 && size < 1e7)) return withFraction(String(value))
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string]
  return `${withFraction(mantissa)}E${Number(exponent)}`
}

function withFraction(digits: string): string {
  return digits.includes('.') ? digits : `${digits}.0`
}
