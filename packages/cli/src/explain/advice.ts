import type { ErrorName } from '@samsa/protocol'

// Advice that several errors share.
const clientsBusiness =
  'Clients settle this among themselves. If an application gets to see it often, update its client library.'
const oldClient = 'Update the client library, or leave out what the broker is too old or not configured for.'
const rejoin =
  'Consumers join again by themselves. Often: process less per poll (max.poll.records), allow more time (max.poll.interval.ms), and give members time to say they are alive (session.timeout.ms).'
const acls = 'Give the principal the access: kafka-acls --add --allow-principal User:NAME --operation …'
const tokens = 'Look at the tokens with kafka-delegation-tokens --describe, and make a new one where needed.'
const quorum = 'Look at the quorum with kafka-metadata-quorum describe --status.'
const brokersOnly = 'Brokers say this to each other; nothing need be done unless it stays in their logs.'
const oneProducer =
  'Two producers use one transactional.id, or this one was away for too long. Close it and make a new one; give every running instance a transactional.id of its own.'
const waits = 'Waiting and trying again is enough; clients do so by themselves.'
const streams =
  'Run the same topology in every instance of the application, and set its group up anew after a change.'

/** What a person can do about each error, in a sentence or two. */
export const advice: Readonly<Record<ErrorName, string>> = {
  UNKNOWN_SERVER_ERROR: 'Read the log of the broker at that time, and report it if it looks like a bug.',
  NONE: 'Nothing: all went well.',
  OFFSET_OUT_OF_RANGE:
    'The records were deleted by retention, or the topic was made anew. auto.offset.reset says where a consumer goes on; kafka-consumer-groups --reset-offsets moves a group. If it was too slow, raise retention.ms.',
  CORRUPT_MESSAGE:
    'For compacted topics give every record a key. Otherwise look for a broken disk, network device or client library: kafka-dump-log --deep-iteration shows the batch.',
  UNKNOWN_TOPIC_OR_PARTITION:
    'Check the name (kafka-topics --list) and the cluster. Create the topic, or allow auto.create.topics.enable. Right after a creation it passes by itself.',
  INVALID_FETCH_SIZE: 'Set fetch.min.bytes and max.partition.fetch.bytes to numbers that are not negative.',
  LEADER_NOT_AVAILABLE:
    'It passes while a topic is made. If it stays, kafka-topics --describe --unavailable-partitions shows which brokers have to come back.',
  NOT_LEADER_OR_FOLLOWER: `${waits} If it stays, clients may reach another cluster than they think: compare advertised.listeners.`,
  REQUEST_TIMED_OUT:
    'Look for a busy or stopped broker, full disks, or replicas that lag. Then raise request.timeout.ms or delivery.timeout.ms.',
  BROKER_NOT_AVAILABLE: 'Start the broker, or wait until it has registered.',
  REPLICA_NOT_AVAILABLE: waits,
  MESSAGE_TOO_LARGE:
    'Send smaller records, compress them (compression.type), or raise max.message.bytes of the topic together with max.request.size of the producer.',
  STALE_CONTROLLER_EPOCH: brokersOnly,
  OFFSET_METADATA_TOO_LARGE: 'Commit less text beside offsets, or raise offset.metadata.max.bytes.',
  NETWORK_EXCEPTION:
    'Look at the network, at connections.max.idle.ms on the way, and whether the listener speaks TLS and the client does not.',
  COORDINATOR_LOAD_IN_PROGRESS: waits,
  COORDINATOR_NOT_AVAILABLE:
    'If it stays, __consumer_offsets or __transaction_state cannot be made or has no leader: check offsets.topic.replication.factor against the number of brokers.',
  NOT_COORDINATOR: waits,
  INVALID_TOPIC_EXCEPTION:
    'Use letters, digits, dots, underscores and hyphens, at most 249 of them, and leave internal topics alone.',
  RECORD_LIST_TOO_LARGE: 'Lower batch.size, or raise segment.bytes of the topic.',
  NOT_ENOUGH_REPLICAS:
    'Bring brokers back or let replicas catch up: kafka-topics --describe --under-min-isr-partitions. Lower min.insync.replicas only if losing records is fine.',
  NOT_ENOUGH_REPLICAS_AFTER_APPEND:
    'As for NOT_ENOUGH_REPLICAS. Only an idempotent producer (enable.idempotence) tries again without duplicates.',
  INVALID_REQUIRED_ACKS: 'Set acks to all, 1 or 0.',
  ILLEGAL_GENERATION: rejoin,
  INCONSISTENT_GROUP_PROTOCOL:
    'Give all members of the group an assignor in common (partition.assignment.strategy), and no two kinds of applications one group.id.',
  INVALID_GROUP_ID: 'Set group.id to a text that is not empty.',
  UNKNOWN_MEMBER_ID: rejoin,
  INVALID_SESSION_TIMEOUT:
    'Set session.timeout.ms between group.min.session.timeout.ms and group.max.session.timeout.ms of the broker.',
  REBALANCE_IN_PROGRESS: rejoin,
  INVALID_COMMIT_OFFSET_SIZE: 'Commit offsets of fewer partitions at a time, or less text beside them.',
  TOPIC_AUTHORIZATION_FAILED: `${acls} --topic NAME`,
  GROUP_AUTHORIZATION_FAILED: `${acls} --group NAME`,
  CLUSTER_AUTHORIZATION_FAILED: `${acls} --cluster`,
  INVALID_TIMESTAMP:
    'Set the clock of the producer, or message.timestamp.before.max.ms and message.timestamp.after.max.ms of the topic. Milliseconds are meant, not seconds.',
  UNSUPPORTED_SASL_MECHANISM: 'Set sasl.mechanism to one of sasl.enabled.mechanisms of the broker.',
  ILLEGAL_SASL_STATE:
    'Client and listener disagree about SASL: check security.protocol of both. Otherwise update the client library.',
  UNSUPPORTED_VERSION: oldClient,
  TOPIC_ALREADY_EXISTS: 'Use it as it is, take another name, or say --if-not-exists.',
  INVALID_PARTITIONS: 'Ask for more partitions than there are; fewer need a new topic.',
  INVALID_REPLICATION_FACTOR:
    'Ask for no more replicas than there are brokers (kafka-broker-api-versions lists them), or start more brokers.',
  INVALID_REPLICA_ASSIGNMENT:
    'Name only brokers that exist, each once per partition, and as many for every partition.',
  INVALID_CONFIG: 'Compare key and value with the reference of configurations; the message names them.',
  NOT_CONTROLLER: waits,
  INVALID_REQUEST: 'The message says what contradicts. Often an old client library: update it.',
  UNSUPPORTED_FOR_MESSAGE_FORMAT: oldClient,
  POLICY_VIOLATION: 'Ask who runs the cluster which values are allowed; the message names the rule.',
  OUT_OF_ORDER_SEQUENCE_NUMBER:
    'Close the producer and make a new one. If it happens again, look for lost records: unclean.leader.election.enable, or a disk that lost writes.',
  DUPLICATE_SEQUENCE_NUMBER: 'Nothing: the records are there already.',
  INVALID_PRODUCER_EPOCH: oneProducer,
  INVALID_TXN_STATE:
    'Call begin, send, commit or abort in their order, one transaction at a time for each producer.',
  INVALID_PRODUCER_ID_MAPPING: oneProducer,
  INVALID_TRANSACTION_TIMEOUT:
    'Set transaction.timeout.ms of the producer to at most transaction.max.timeout.ms of the broker.',
  CONCURRENT_TRANSACTIONS: waits,
  TRANSACTION_COORDINATOR_FENCED: brokersOnly,
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: `${acls} --transactional-id NAME`,
  SECURITY_DISABLED: 'Set authorizer.class.name or the SASL mechanism on the broker before asking for it.',
  OPERATION_NOT_ATTEMPTED: 'Mend the item that failed and send the request again.',
  KAFKA_STORAGE_ERROR:
    'Look at the disk of the broker (space, errors in its log) and start it again when it is mended.',
  LOG_DIR_NOT_FOUND: 'Name a directory of log.dirs: kafka-log-dirs --describe lists them.',
  SASL_AUTHENTICATION_FAILED:
    'Check user name, password and mechanism (sasl.jaas.config, sasl.mechanism), and that the listener means this user.',
  UNKNOWN_PRODUCER_ID:
    'The producer goes on by itself. If it shows often, raise retention or producer.id.expiration.ms.',
  REASSIGNMENT_IN_PROGRESS: 'Wait for it (kafka-reassign-partitions --list) or cancel it (--cancel).',
  DELEGATION_TOKEN_AUTH_DISABLED: 'Set delegation.token.secret.key on every broker.',
  DELEGATION_TOKEN_NOT_FOUND: tokens,
  DELEGATION_TOKEN_OWNER_MISMATCH: 'Use the token as its owner, or as one of its renewers.',
  DELEGATION_TOKEN_REQUEST_NOT_ALLOWED: 'Log in with SASL or TLS, and not by a token, to ask for tokens.',
  DELEGATION_TOKEN_AUTHORIZATION_FAILED: acls,
  DELEGATION_TOKEN_EXPIRED: tokens,
  INVALID_PRINCIPAL_TYPE: 'Write principals as User:NAME.',
  NON_EMPTY_GROUP: 'Stop its members first: kafka-consumer-groups --describe --members shows them.',
  GROUP_ID_NOT_FOUND: 'Check the name: kafka-groups --list.',
  FETCH_SESSION_ID_NOT_FOUND:
    'Clients begin a new one. If it shows often, raise max.incremental.fetch.session.cache.slots.',
  INVALID_FETCH_SESSION_EPOCH: clientsBusiness,
  LISTENER_NOT_FOUND: 'Give every broker a listener of that name.',
  TOPIC_DELETION_DISABLED: 'Set delete.topic.enable=true on the broker.',
  FENCED_LEADER_EPOCH: waits,
  UNKNOWN_LEADER_EPOCH: waits,
  UNSUPPORTED_COMPRESSION_TYPE:
    'Update the consumers, or take another compression.type: zstd came with Kafka 2.1.',
  STALE_BROKER_EPOCH: brokersOnly,
  OFFSET_NOT_AVAILABLE: waits,
  MEMBER_ID_REQUIRED: clientsBusiness,
  PREFERRED_LEADER_NOT_AVAILABLE: 'Bring the preferred leader back and let it catch up, then elect again.',
  GROUP_MAX_SIZE_REACHED: 'Start fewer members, or raise group.max.size.',
  FENCED_INSTANCE_ID: 'Give every running instance a group.instance.id of its own.',
  ELIGIBLE_LEADERS_NOT_AVAILABLE:
    'Bring a replica back. kafka-leader-election --election-type unclean takes any, and loses what it lacks.',
  ELECTION_NOT_NEEDED: 'Nothing: it is as it should be.',
  NO_REASSIGNMENT_IN_PROGRESS: 'Nothing to cancel: kafka-reassign-partitions --list shows what is under way.',
  GROUP_SUBSCRIBED_TO_TOPIC: 'Stop the members that read the topic, or let them subscribe to others, first.',
  INVALID_RECORD:
    'The message says which. Often a record without a key for a compacted topic, or a timestamp that does not fit.',
  UNSTABLE_OFFSET_COMMIT: waits,
  THROTTLING_QUOTA_EXCEEDED: 'Do less at a time, or raise the quota: kafka-configs --entity-type users.',
  PRODUCER_FENCED: oneProducer,
  RESOURCE_NOT_FOUND: 'Check the name of what was asked for.',
  DUPLICATE_RESOURCE: 'Name each thing once.',
  UNACCEPTABLE_CREDENTIAL: 'Take between 4096 and 16384 iterations, and a user name that is not empty.',
  INCONSISTENT_VOTER_SET: quorum,
  INVALID_UPDATE_VERSION: brokersOnly,
  FEATURE_UPDATE_FAILED: 'Look at what the brokers support: kafka-features describe.',
  PRINCIPAL_DESERIALIZATION_FAILURE: 'Let brokers and controllers use the same principal.builder.class.',
  SNAPSHOT_NOT_FOUND: brokersOnly,
  POSITION_OUT_OF_RANGE: brokersOnly,
  UNKNOWN_TOPIC_ID: 'The topic was deleted or is very new. Clients ask again by themselves.',
  DUPLICATE_BROKER_REGISTRATION:
    'Give every broker a node.id of its own, or wait until the earlier one has stopped.',
  BROKER_ID_NOT_REGISTERED: 'Check the id: kafka-broker-api-versions lists the brokers.',
  INCONSISTENT_TOPIC_ID: 'Clients find the new topic by themselves; what they had of the old one is gone.',
  INCONSISTENT_CLUSTER_ID:
    'The addresses lead to another cluster than before: check bootstrap servers and log.dirs.',
  TRANSACTIONAL_ID_NOT_FOUND: 'Check the name: kafka-transactions list.',
  FETCH_SESSION_TOPIC_ID_ERROR: clientsBusiness,
  INELIGIBLE_REPLICA: brokersOnly,
  NEW_LEADER_ELECTED: brokersOnly,
  OFFSET_MOVED_TO_TIERED_STORAGE: brokersOnly,
  FENCED_MEMBER_EPOCH: rejoin,
  UNRELEASED_INSTANCE_ID:
    'Stop the earlier instance, wait until its session has ended, or take another group.instance.id.',
  UNSUPPORTED_ASSIGNOR:
    'Set group.remote.assignor to one of group.consumer.assignors of the broker: uniform or range.',
  STALE_MEMBER_EPOCH: clientsBusiness,
  MISMATCHED_ENDPOINT_TYPE:
    'Use --bootstrap-server with brokers and --bootstrap-controller with controllers.',
  UNSUPPORTED_ENDPOINT_TYPE: oldClient,
  UNKNOWN_CONTROLLER_ID: quorum,
  UNKNOWN_SUBSCRIPTION_ID: clientsBusiness,
  TELEMETRY_TOO_LARGE: 'Subscribe to fewer metrics, or raise telemetry.max.bytes.',
  INVALID_REGISTRATION: 'Read the log of the controller: it says what it does not accept of the broker.',
  TRANSACTION_ABORTABLE: 'Abort the transaction, and do its work again in a new one.',
  INVALID_RECORD_STATE:
    'Acknowledge within group.share.record.lock.duration.ms, each record once; it is delivered again otherwise.',
  SHARE_SESSION_NOT_FOUND: clientsBusiness,
  INVALID_SHARE_SESSION_EPOCH: clientsBusiness,
  FENCED_STATE_EPOCH: brokersOnly,
  INVALID_VOTER_KEY: quorum,
  DUPLICATE_VOTER: quorum,
  VOTER_NOT_FOUND: quorum,
  INVALID_REGULAR_EXPRESSION: 'Brokers read it by the rules of RE2: no look-around, no back-references.',
  REBOOTSTRAP_REQUIRED: clientsBusiness,
  STREAMS_INVALID_TOPOLOGY: streams,
  STREAMS_INVALID_TOPOLOGY_EPOCH: streams,
  STREAMS_TOPOLOGY_FENCED: streams,
  SHARE_SESSION_LIMIT_REACHED: 'Start fewer share consumers, or raise group.share.max.share.sessions.',
}
