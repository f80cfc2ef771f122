import type { Cluster } from '../cluster/index.ts'

/** What the admin client needs of a cluster: of brokers, or with `bootstrap.controllers` of controllers. */
export interface AdminCluster extends Pick<Cluster, 'clock' | 'send' | 'retry' | 'close'> {
  readonly metadata: Pick<Cluster['metadata'], 'brokers' | 'refresh'>
}

/** What every call of the admin client works with. */
export interface AdminContext {
  readonly cluster: AdminCluster
  /** Which kind of nodes are talked to. */
  readonly nodes: 'brokers' | 'controllers'
  /** `default.api.timeout.ms`: how long a call may take with its retries. */
  readonly defaultTimeoutMs: number
  /** `request.timeout.ms`: how long one attempt may take. */
  readonly requestTimeoutMs: number
}

/** Options that every call takes. */
export interface CallOptions {
  /** Milliseconds for the call with all its retries; `default.api.timeout.ms` unless given. */
  readonly timeoutMs?: number | undefined
}

/** The time a call has. */
export interface Deadline {
  /** On the monotonic clock. */
  readonly atMs: number
  /** Milliseconds left for a broker to work in: never more than one attempt may take. */
  attemptMs(): number
}

/** The deadline of a call that starts now. */
export function deadlineOf(context: AdminContext, options: CallOptions): Deadline {
  const { clock } = context.cluster
  const atMs = clock.monotonicMs() + (options.timeoutMs ?? context.defaultTimeoutMs)
  return {
    atMs,
    attemptMs: () => Math.max(1, Math.min(context.requestTimeoutMs, Math.floor(atMs - clock.monotonicMs()))),
  }
}

/** The ids of all nodes, asked for when none are known. */
export async function knownNodes({ cluster }: AdminContext): Promise<number[]> {
  if (cluster.metadata.brokers().length === 0) await cluster.metadata.refresh()
  return cluster.metadata.brokers().map(({ nodeId }) => nodeId)
}

/** Sees to it that nodes can be connected to: those that are not known yet are asked for once. */
export async function learnNodes(context: AdminContext, ids: Iterable<number>): Promise<Set<number>> {
  const known = new Set(await knownNodes(context))
  if ([...ids].every(id => known.has(id))) return known
  await context.cluster.metadata.refresh()
  return new Set(context.cluster.metadata.brokers().map(({ nodeId }) => nodeId))
}
