import { configTable, int, list } from '@samsa/base'

const selectors = [
  'client_instance_id',
  'client_id',
  'client_software_name',
  'client_software_version',
  'client_source_address',
  'client_source_port',
]

const subscriptionKey = { live: true, importance: 'medium' } as const

/** What can be set for a subscription to clients' metrics (KIP-714). */
export const clientMetricsConfig = configTable({
  'interval.ms': int({
    default: 300_000,
    min: 100,
    max: 3_600_000,
    unit: 'ms',
    ...subscriptionKey,
    doc: 'How often matching clients send their metrics.',
  }),
  match: list({
    default: [],
    rule: {
      allowed: `<selector>=<regular expression> pairs separated by commas, with selectors ${selectors.join(', ')}`,
      accepts: patterns => patterns.every(isPattern),
    },
    ...subscriptionKey,
    doc: 'Which clients are asked for metrics; empty means all.',
  }),
  metrics: list({
    default: [],
    ...subscriptionKey,
    doc: 'Prefixes of the metrics asked for; * means all.',
  }),
})

function isPattern(text: string): boolean {
  const [selector, expression, ...more] = text.split('=')
  if (more.length > 0 || expression === undefined || !selectors.includes(selector!.trim())) return false
  try {
    new RegExp(expression)
    return true
  } catch {
    return false
  }
}
