import type { KafkaErrorName } from '../../errors.ts'

/**
 * What a member of a classic group does about an error of JoinGroup, SyncGroup or Heartbeat:
 * - `again`: the same later;
 * - `find coordinator`: ask who coordinates the group now, then the same;
 * - `take id`: join again with the id that came with the error (KIP-394);
 * - `rejoin`: join as the member it is;
 * - `start over`: its place and partitions are lost; join as a new member;
 * - `new generation`: its partitions are lost, its id is not;
 * - `fatal`: tell the application.
 */
export type Remedy =
  | 'again'
  | 'find coordinator'
  | 'take id'
  | 'rejoin'
  | 'start over'
  | 'new generation'
  | 'fatal'

const remedies: Partial<Record<KafkaErrorName, Remedy>> = {
  COORDINATOR_LOAD_IN_PROGRESS: 'again',
  COORDINATOR_NOT_AVAILABLE: 'find coordinator',
  NOT_COORDINATOR: 'find coordinator',
  DISCONNECTED: 'find coordinator',
  TIMED_OUT: 'find coordinator',
  REQUEST_TIMED_OUT: 'find coordinator',
  NETWORK_EXCEPTION: 'find coordinator',
  MEMBER_ID_REQUIRED: 'take id',
  REBALANCE_IN_PROGRESS: 'rejoin',
  ILLEGAL_GENERATION: 'new generation',
  UNKNOWN_MEMBER_ID: 'start over',
}

/** What to do about an error; whatever is not told of is for the application. */
export function remedyOf(code: KafkaErrorName): Remedy {
  return remedies[code] ?? 'fatal'
}
