/**
 * What a client does about an error: nothing (`no`), the same again later (`again`), the same after asking for fresh
 * metadata (`refresh`) or for the coordinator (`coordinator`), or join its group anew (`rejoin`).
 *
 * Kafka calls `again`, `refresh` and `coordinator` retriable.
 */
export type Retry = 'no' | 'again' | 'refresh' | 'coordinator' | 'rejoin'

interface ErrorRow {
  /** The number on the wire. */
  readonly code: number
  readonly retry: Retry
  /** One sentence for people. */
  readonly about: string
}

/** Every error of Kafka's protocol. Code carries errors by name; numbers exist only on the wire (decision D10). */
export const errors = {
  UNKNOWN_SERVER_ERROR: {
    code: -1,
    retry: 'no',
    about: 'The server met an error it has no name for; its log says more.',
  },
  NONE: { code: 0, retry: 'no', about: 'No error.' },
  OFFSET_OUT_OF_RANGE: {
    code: 1,
    retry: 'no',
    about: 'The offset lies before the start or after the end of the log.',
  },
  CORRUPT_MESSAGE: {
    code: 2,
    retry: 'again',
    about: 'The records fail their checksum, have a wrong size, or lack a key where one is needed.',
  },
  UNKNOWN_TOPIC_OR_PARTITION: {
    code: 3,
    retry: 'refresh',
    about: 'This server has no such topic or partition.',
  },
  INVALID_FETCH_SIZE: { code: 4, retry: 'no', about: 'The size asked for is not a valid one.' },
  LEADER_NOT_AVAILABLE: {
    code: 5,
    retry: 'refresh',
    about: 'The partition has no leader now: one is being elected.',
  },
  NOT_LEADER_OR_FOLLOWER: { code: 6, retry: 'refresh', about: 'The leader moved: refresh and retry.' },
  REQUEST_TIMED_OUT: { code: 7, retry: 'again', about: 'The request was not done within its time.' },
  BROKER_NOT_AVAILABLE: { code: 8, retry: 'no', about: 'The broker is not there.' },
  REPLICA_NOT_AVAILABLE: {
    code: 9,
    retry: 'refresh',
    about: 'The broker should hold this replica and does not yet.',
  },
  MESSAGE_TOO_LARGE: {
    code: 10,
    retry: 'no',
    about: 'A batch is larger than the topic or the broker takes.',
  },
  STALE_CONTROLLER_EPOCH: {
    code: 11,
    retry: 'no',
    about: 'The request comes from a controller that was replaced.',
  },
  OFFSET_METADATA_TOO_LARGE: {
    code: 12,
    retry: 'no',
    about: 'The text committed beside an offset is too long.',
  },
  NETWORK_EXCEPTION: { code: 13, retry: 'refresh', about: 'The connection broke before an answer came.' },
  COORDINATOR_LOAD_IN_PROGRESS: {
    code: 14,
    retry: 'again',
    about: 'The coordinator is still reading its state.',
  },
  COORDINATOR_NOT_AVAILABLE: {
    code: 15,
    retry: 'coordinator',
    about: 'There is no coordinator to answer now.',
  },
  NOT_COORDINATOR: {
    code: 16,
    retry: 'coordinator',
    about: 'Another broker coordinates this group or transaction.',
  },
  INVALID_TOPIC_EXCEPTION: {
    code: 17,
    retry: 'no',
    about: 'The topic name is not valid, or the topic is not for this use.',
  },
  RECORD_LIST_TOO_LARGE: { code: 18, retry: 'no', about: 'The batches together are larger than a segment.' },
  NOT_ENOUGH_REPLICAS: {
    code: 19,
    retry: 'again',
    about: 'Fewer replicas are in sync than min.insync.replicas asks for; nothing was written.',
  },
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: {
    code: 20,
    retry: 'again',
    about: 'The records were written, to fewer in-sync replicas than asked for.',
  },
  INVALID_REQUIRED_ACKS: { code: 21, retry: 'no', about: 'acks must be 0, 1 or -1 (all).' },
  ILLEGAL_GENERATION: { code: 22, retry: 'rejoin', about: 'The group has moved on to another generation.' },
  INCONSISTENT_GROUP_PROTOCOL: {
    code: 23,
    retry: 'no',
    about: 'The member shares no protocol with the group, or has another protocol type.',
  },
  INVALID_GROUP_ID: { code: 24, retry: 'no', about: 'The group id is not valid.' },
  UNKNOWN_MEMBER_ID: { code: 25, retry: 'rejoin', about: 'The coordinator knows no such member.' },
  INVALID_SESSION_TIMEOUT: {
    code: 26,
    retry: 'no',
    about: 'The session timeout lies outside group.min.session.timeout.ms and group.max.session.timeout.ms.',
  },
  REBALANCE_IN_PROGRESS: { code: 27, retry: 'rejoin', about: 'The group is rebalancing: join again.' },
  INVALID_COMMIT_OFFSET_SIZE: {
    code: 28,
    retry: 'no',
    about: 'The offsets to commit are larger than a batch may be.',
  },
  TOPIC_AUTHORIZATION_FAILED: { code: 29, retry: 'no', about: 'The client may not do this with the topic.' },
  GROUP_AUTHORIZATION_FAILED: { code: 30, retry: 'no', about: 'The client may not do this with the group.' },
  CLUSTER_AUTHORIZATION_FAILED: {
    code: 31,
    retry: 'no',
    about: 'The client may not do this with the cluster.',
  },
  INVALID_TIMESTAMP: {
    code: 32,
    retry: 'no',
    about: 'The timestamp of a record is out of the accepted range.',
  },
  UNSUPPORTED_SASL_MECHANISM: {
    code: 33,
    retry: 'no',
    about: 'The broker does not offer this SASL mechanism.',
  },
  ILLEGAL_SASL_STATE: {
    code: 34,
    retry: 'no',
    about: 'The request does not fit the state of the authentication.',
  },
  UNSUPPORTED_VERSION: {
    code: 35,
    retry: 'no',
    about: 'The server does not speak this version of the API, or lacks the feature.',
  },
  TOPIC_ALREADY_EXISTS: { code: 36, retry: 'no', about: 'A topic with this name exists.' },
  INVALID_PARTITIONS: {
    code: 37,
    retry: 'no',
    about: 'The number of partitions must be positive, and may only grow.',
  },
  INVALID_REPLICATION_FACTOR: {
    code: 38,
    retry: 'no',
    about: 'The replication factor must be positive and at most the number of brokers.',
  },
  INVALID_REPLICA_ASSIGNMENT: {
    code: 39,
    retry: 'no',
    about: 'The assignment of replicas to brokers is not valid.',
  },
  INVALID_CONFIG: { code: 40, retry: 'no', about: 'A configuration key or value is not valid.' },
  NOT_CONTROLLER: { code: 41, retry: 'again', about: 'Another broker is the controller.' },
  INVALID_REQUEST: { code: 42, retry: 'no', about: 'The request contradicts itself or the protocol.' },
  UNSUPPORTED_FOR_MESSAGE_FORMAT: {
    code: 43,
    retry: 'no',
    about: 'The message format on the broker does not support this.',
  },
  POLICY_VIOLATION: { code: 44, retry: 'no', about: 'A policy of the cluster forbids this.' },
  OUT_OF_ORDER_SEQUENCE_NUMBER: {
    code: 45,
    retry: 'no',
    about: "The batch does not follow the producer's last one: something between them is missing.",
  },
  DUPLICATE_SEQUENCE_NUMBER: { code: 46, retry: 'no', about: 'The batch was written before.' },
  INVALID_PRODUCER_EPOCH: { code: 47, retry: 'no', about: 'The producer writes with an old epoch.' },
  INVALID_TXN_STATE: { code: 48, retry: 'no', about: 'The transaction is in no state to do this.' },
  INVALID_PRODUCER_ID_MAPPING: {
    code: 49,
    retry: 'no',
    about: 'The producer id does not belong to this transactional id.',
  },
  INVALID_TRANSACTION_TIMEOUT: {
    code: 50,
    retry: 'no',
    about: 'The transaction timeout exceeds transaction.max.timeout.ms, or is not positive.',
  },
  CONCURRENT_TRANSACTIONS: {
    code: 51,
    retry: 'again',
    about: 'The previous transaction of this producer is still being completed.',
  },
  TRANSACTION_COORDINATOR_FENCED: {
    code: 52,
    retry: 'no',
    about: 'The marker comes from a transaction coordinator that was replaced.',
  },
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: {
    code: 53,
    retry: 'no',
    about: 'The client may not use this transactional id.',
  },
  SECURITY_DISABLED: {
    code: 54,
    retry: 'no',
    about: 'The broker runs without the security feature asked for.',
  },
  OPERATION_NOT_ATTEMPTED: {
    code: 55,
    retry: 'no',
    about: 'Another item of the request failed, so this one was not tried.',
  },
  KAFKA_STORAGE_ERROR: { code: 56, retry: 'refresh', about: 'The disk below the partition failed.' },
  LOG_DIR_NOT_FOUND: {
    code: 57,
    retry: 'no',
    about: 'The broker is not configured with this log directory.',
  },
  SASL_AUTHENTICATION_FAILED: { code: 58, retry: 'no', about: 'The credentials were not accepted.' },
  UNKNOWN_PRODUCER_ID: {
    code: 59,
    retry: 'no',
    about: 'The partition holds nothing of this producer any more.',
  },
  REASSIGNMENT_IN_PROGRESS: {
    code: 60,
    retry: 'no',
    about: 'The partition is being moved to other brokers.',
  },
  DELEGATION_TOKEN_AUTH_DISABLED: { code: 61, retry: 'no', about: 'Delegation tokens are not switched on.' },
  DELEGATION_TOKEN_NOT_FOUND: { code: 62, retry: 'no', about: 'There is no such delegation token.' },
  DELEGATION_TOKEN_OWNER_MISMATCH: {
    code: 63,
    retry: 'no',
    about: 'The delegation token belongs to someone else.',
  },
  DELEGATION_TOKEN_REQUEST_NOT_ALLOWED: {
    code: 64,
    retry: 'no',
    about: 'Delegation tokens need a client that authenticated, and not by a token.',
  },
  DELEGATION_TOKEN_AUTHORIZATION_FAILED: {
    code: 65,
    retry: 'no',
    about: 'The client may not do this with delegation tokens.',
  },
  DELEGATION_TOKEN_EXPIRED: { code: 66, retry: 'no', about: 'The delegation token has expired.' },
  INVALID_PRINCIPAL_TYPE: { code: 67, retry: 'no', about: 'Principals of this type cannot be used here.' },
  NON_EMPTY_GROUP: { code: 68, retry: 'no', about: 'The group still has members.' },
  GROUP_ID_NOT_FOUND: { code: 69, retry: 'no', about: 'There is no such group.' },
  FETCH_SESSION_ID_NOT_FOUND: {
    code: 70,
    retry: 'again',
    about: 'The broker has forgotten the fetch session: start a new one.',
  },
  INVALID_FETCH_SESSION_EPOCH: {
    code: 71,
    retry: 'again',
    about: 'The request is not the next one of its fetch session: start a new one.',
  },
  LISTENER_NOT_FOUND: {
    code: 72,
    retry: 'refresh',
    about: 'The leader has no listener of the name the client came through.',
  },
  TOPIC_DELETION_DISABLED: {
    code: 73,
    retry: 'no',
    about: 'Topics cannot be deleted: delete.topic.enable is off.',
  },
  FENCED_LEADER_EPOCH: {
    code: 74,
    retry: 'refresh',
    about: 'The client knows an older leader epoch than the broker.',
  },
  UNKNOWN_LEADER_EPOCH: {
    code: 75,
    retry: 'again',
    about: 'The client knows a newer leader epoch than the broker.',
  },
  UNSUPPORTED_COMPRESSION_TYPE: {
    code: 76,
    retry: 'no',
    about: 'Clients of this age do not know the compression codec.',
  },
  STALE_BROKER_EPOCH: { code: 77, retry: 'no', about: 'The broker registered again since it sent this.' },
  OFFSET_NOT_AVAILABLE: {
    code: 78,
    retry: 'again',
    about: 'The new leader does not know the high watermark yet.',
  },
  MEMBER_ID_REQUIRED: {
    code: 79,
    retry: 'rejoin',
    about: 'The member must join again with the id it was given.',
  },
  PREFERRED_LEADER_NOT_AVAILABLE: {
    code: 80,
    retry: 'refresh',
    about: 'The preferred leader is not in sync or not alive.',
  },
  GROUP_MAX_SIZE_REACHED: { code: 81, retry: 'no', about: 'The group has as many members as it may have.' },
  FENCED_INSTANCE_ID: {
    code: 82,
    retry: 'no',
    about: 'Another member has joined with the same group.instance.id.',
  },
  ELIGIBLE_LEADERS_NOT_AVAILABLE: {
    code: 83,
    retry: 'refresh',
    about: 'No replica that could lead is alive.',
  },
  ELECTION_NOT_NEEDED: { code: 84, retry: 'refresh', about: 'The partition has the leader it should have.' },
  NO_REASSIGNMENT_IN_PROGRESS: { code: 85, retry: 'no', about: 'The partition is not being moved.' },
  GROUP_SUBSCRIBED_TO_TOPIC: {
    code: 86,
    retry: 'no',
    about: 'The group is using the topic: its offsets cannot be deleted.',
  },
  INVALID_RECORD: { code: 87, retry: 'no', about: 'A record of the batch is not acceptable.' },
  UNSTABLE_OFFSET_COMMIT: {
    code: 88,
    retry: 'again',
    about: 'A transaction that commits these offsets is still open.',
  },
  THROTTLING_QUOTA_EXCEEDED: { code: 89, retry: 'again', about: 'The client has used up its quota for now.' },
  PRODUCER_FENCED: { code: 90, retry: 'no', about: 'A newer producer has taken over the transactional id.' },
  RESOURCE_NOT_FOUND: { code: 91, retry: 'no', about: 'What the request names does not exist.' },
  DUPLICATE_RESOURCE: { code: 92, retry: 'no', about: 'The request names something twice.' },
  UNACCEPTABLE_CREDENTIAL: { code: 93, retry: 'no', about: 'The credential does not meet the requirements.' },
  INCONSISTENT_VOTER_SET: {
    code: 94,
    retry: 'no',
    about: 'The sender or the receiver is not among the voters it should be among.',
  },
  INVALID_UPDATE_VERSION: {
    code: 95,
    retry: 'no',
    about: 'The update was made from an older version of the state.',
  },
  FEATURE_UPDATE_FAILED: { code: 96, retry: 'no', about: 'The finalized features could not be changed.' },
  PRINCIPAL_DESERIALIZATION_FAILURE: {
    code: 97,
    retry: 'no',
    about: 'The forwarded principal could not be read.',
  },
  SNAPSHOT_NOT_FOUND: { code: 98, retry: 'no', about: 'There is no such snapshot.' },
  POSITION_OUT_OF_RANGE: {
    code: 99,
    retry: 'no',
    about: 'The position is negative or beyond the end of the snapshot.',
  },
  UNKNOWN_TOPIC_ID: { code: 100, retry: 'refresh', about: 'This server has no topic with this id.' },
  DUPLICATE_BROKER_REGISTRATION: {
    code: 101,
    retry: 'no',
    about: 'Another live broker uses this broker id.',
  },
  BROKER_ID_NOT_REGISTERED: { code: 102, retry: 'no', about: 'No broker is registered with this id.' },
  INCONSISTENT_TOPIC_ID: {
    code: 103,
    retry: 'refresh',
    about: 'The topic has another id: it was deleted and created again.',
  },
  INCONSISTENT_CLUSTER_ID: { code: 104, retry: 'no', about: 'The request is meant for another cluster.' },
  TRANSACTIONAL_ID_NOT_FOUND: { code: 105, retry: 'no', about: 'There is no such transactional id.' },
  FETCH_SESSION_TOPIC_ID_ERROR: {
    code: 106,
    retry: 'again',
    about: 'A fetch session names its topics either by id or by name, not both.',
  },
  INELIGIBLE_REPLICA: {
    code: 107,
    retry: 'no',
    about: 'A replica that is to join the in-sync ones is fenced or shutting down.',
  },
  NEW_LEADER_ELECTED: {
    code: 108,
    retry: 'no',
    about: 'The change went through and made another broker the leader.',
  },
  OFFSET_MOVED_TO_TIERED_STORAGE: { code: 109, retry: 'no', about: 'The offset is only in tiered storage.' },
  FENCED_MEMBER_EPOCH: {
    code: 110,
    retry: 'rejoin',
    about: 'The member must give up its partitions and join again.',
  },
  UNRELEASED_INSTANCE_ID: {
    code: 111,
    retry: 'no',
    about: 'The group.instance.id is held by a member that has not left.',
  },
  UNSUPPORTED_ASSIGNOR: { code: 112, retry: 'no', about: 'The group does not support the assignor.' },
  STALE_MEMBER_EPOCH: {
    code: 113,
    retry: 'no',
    about: 'The member must learn its new epoch by a heartbeat first.',
  },
  MISMATCHED_ENDPOINT_TYPE: {
    code: 114,
    retry: 'no',
    about: 'The request was meant for a broker and sent to a controller, or the other way round.',
  },
  UNSUPPORTED_ENDPOINT_TYPE: { code: 115, retry: 'no', about: 'The type of endpoint is not supported here.' },
  UNKNOWN_CONTROLLER_ID: { code: 116, retry: 'no', about: 'There is no controller with this id.' },
  UNKNOWN_SUBSCRIPTION_ID: {
    code: 117,
    retry: 'no',
    about: 'The set of metrics to push has changed: ask for the subscription again.',
  },
  TELEMETRY_TOO_LARGE: {
    code: 118,
    retry: 'no',
    about: 'The pushed metrics are larger than the broker takes.',
  },
  INVALID_REGISTRATION: {
    code: 119,
    retry: 'no',
    about: 'The controller refuses the registration of the broker.',
  },
  TRANSACTION_ABORTABLE: {
    code: 120,
    retry: 'no',
    about: 'The transaction cannot go on, but the producer can: abort it.',
  },
  INVALID_RECORD_STATE: {
    code: 121,
    retry: 'no',
    about: 'The records are not acquired by this member, so it cannot acknowledge them.',
  },
  SHARE_SESSION_NOT_FOUND: {
    code: 122,
    retry: 'again',
    about: 'The broker has forgotten the share session: start a new one.',
  },
  INVALID_SHARE_SESSION_EPOCH: {
    code: 123,
    retry: 'again',
    about: 'The request is not the next one of its share session: start a new one.',
  },
  FENCED_STATE_EPOCH: { code: 124, retry: 'no', about: 'The share coordinator knows a newer state epoch.' },
  INVALID_VOTER_KEY: {
    code: 125,
    retry: 'no',
    about: "The voter's id and directory are not those of the receiver.",
  },
  DUPLICATE_VOTER: { code: 126, retry: 'no', about: 'The voter is already one.' },
  VOTER_NOT_FOUND: { code: 127, retry: 'no', about: 'There is no such voter.' },
  INVALID_REGULAR_EXPRESSION: {
    code: 128,
    retry: 'no',
    about: 'The regular expression is not valid.',
  },
  REBOOTSTRAP_REQUIRED: {
    code: 129,
    retry: 'no',
    about: 'The client must start over from its bootstrap servers.',
  },
  STREAMS_INVALID_TOPOLOGY: {
    code: 130,
    retry: 'no',
    about: 'The topology of the streams application is not valid.',
  },
  STREAMS_INVALID_TOPOLOGY_EPOCH: {
    code: 131,
    retry: 'no',
    about: 'The topology epoch of the streams application is not valid.',
  },
  STREAMS_TOPOLOGY_FENCED: {
    code: 132,
    retry: 'no',
    about: 'The streams application runs a newer topology.',
  },
  SHARE_SESSION_LIMIT_REACHED: {
    code: 133,
    retry: 'again',
    about: 'The broker has as many share sessions as it may have.',
  },
} as const satisfies Record<string, ErrorRow>

export type ErrorName = keyof typeof errors

const FIRST_CODE = -1
// Code `c` stands at `c - FIRST_CODE`; the codes have no gaps, which a test guards.
const names = Object.keys(errors) as ErrorName[]

/** The number of an error on the wire. */
export function errorCodeOf(name: ErrorName): number {
  return errors[name].code
}

/** The name of an error; a number from a newer release reads as UNKNOWN_SERVER_ERROR, as in Kafka. */
export function errorNameOf(code: number): ErrorName {
  return names[code - FIRST_CODE] ?? 'UNKNOWN_SERVER_ERROR'
}

/** Whether Kafka calls the error retriable: the same request may succeed later. */
export function isRetriable(name: ErrorName): boolean {
  const { retry } = errors[name]
  return retry === 'again' || retry === 'refresh' || retry === 'coordinator'
}
