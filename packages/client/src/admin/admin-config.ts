import { type ConfigOf, boolean, configTable, duration, int, list } from '@samsa/base'
import { clientConfig } from '../config/client-config.ts'

/** Every key of an admin client: those all clients share, and its own. */
export const adminConfig = configTable({
  ...clientConfig,
  'bootstrap.controllers': list({
    default: [],
    importance: 'high',
    doc: 'Controllers to talk to in place of brokers, as host:port, for what concerns the quorum while no broker answers. Not together with bootstrap.servers.',
  }),
  'connections.max.idle.ms': duration({ ...clientConfig['connections.max.idle.ms'], default: 300_000 }),
  'default.api.timeout.ms': int({
    default: 60_000,
    min: 0,
    unit: 'ms',
    importance: 'medium',
    doc: 'How long a call may take with all its retries, unless it says so itself.',
  }),
  'enable.metrics.push': boolean({ ...clientConfig['enable.metrics.push'], default: false }),
  'receive.buffer.bytes': int({ ...clientConfig['receive.buffer.bytes'], default: 65_536 }),
  retries: int({
    default: 2_147_483_647,
    min: 0,
    max: 2_147_483_647,
    importance: 'low',
    unused: true,
    doc: 'How often a failed request is tried again. Calls try until their time is up, see default.api.timeout.ms: accepted, without effect.',
  }),
})

export type AdminConfig = ConfigOf<typeof adminConfig>
