/** A message that clients print, and that is no error of the protocol. */
export interface ClientMessage {
  /** What a message is recognised by. */
  readonly pattern: RegExp
  /** How it is listed. */
  readonly title: string
  readonly about: string
  readonly canRetry: boolean
  readonly toDo: string
}

const address =
  'Check host and port of bootstrap.servers, that the broker runs there, and what it tells clients to connect to (advertised.listeners): samsa doctor tries it.'

/** The messages people look up most, each recognised by a few of its words, the particular before the general. */
export const clientMessages: readonly ClientMessage[] = [
  {
    pattern: /invalid receive.*size = (1195725856|1347375956|1212498244)|kafka.*http/i,
    title: 'invalid receive (size = 1195725856 …)',
    about: 'Somebody sent an HTTP request to a port of Kafka: the number is its first letters.',
    canRetry: false,
    toDo: 'Use the port of the HTTP service meant, or a client that speaks Kafka’s protocol.',
  },
  {
    pattern: /invalid receive.*size|java heap space|unexpected handshake request/i,
    title: 'invalid receive (size = …), Java heap space, unexpected handshake request',
    about: 'One side speaks TLS or SASL on this port and the other does not.',
    canRetry: false,
    toDo: 'Set security.protocol of the client to what the listener is in listener.security.protocol.map.',
  },
  {
    pattern: /ssl handshake failed|unable to find valid certification path|self.signed certificate/i,
    title: 'SSL handshake failed',
    about:
      'The client does not trust the certificate of the broker, or its name is not the one connected to.',
    canRetry: false,
    toDo: 'Give the client the authority in ssl.truststore.location, and the certificate the advertised host names.',
  },
  {
    pattern:
      /enotfound|dns resolution failed|no resolvable bootstrap|name or service not known|failed to resolve/i,
    title: 'ENOTFOUND, no resolvable bootstrap urls, failed to resolve',
    about:
      'The name of a host is not known where the client runs. Often it is a container’s name that only its network knows.',
    canRetry: false,
    toDo: 'Let the broker advertise a name that clients know (advertised.listeners), or add it to their hosts file.',
  },
  {
    pattern:
      /econnrefused|connection refused|connection to node -?\d+ .*could not be established|nobrokersavailable|broker transport failure|_transport\b|all broker connections are down|bootstrap broker .* disconnected|connect to \S+ failed|numberofretriesexceeded/i,
    title:
      'ECONNREFUSED, connection to node -1 could not be established, NoBrokersAvailable, broker transport failure',
    about: 'Nothing accepts connections at the address, or the connection broke at once.',
    canRetry: true,
    toDo: address,
  },
  {
    pattern: /not present in metadata after/i,
    title: 'topic not present in metadata after 60000 ms',
    about: 'The producer found no such topic, or no broker that could tell.',
    canRetry: true,
    toDo: `Check the name (kafka-topics --list), whether the user may see the topic, and the partition if one was named. ${address}`,
  },
  {
    pattern: /timed? ?out.*node assignment|failed to update metadata|error while fetching metadata/i,
    title: 'timed out waiting for a node assignment, failed to update metadata',
    about: 'The client could not learn from any broker who leads what.',
    canRetry: true,
    toDo: address,
  },
  {
    pattern: /expiring \d+ record|message timed out|_msg_timed_out|delivery\.timeout/i,
    title: 'expiring records: … ms has passed since batch creation, message timed out',
    about: 'Records waited in the producer for longer than delivery.timeout.ms allows.',
    canRetry: true,
    toDo: 'Look at the leader of the partition first (samsa doctor). Then raise delivery.timeout.ms, or send less at a time.',
  },
  {
    pattern: /failed to allocate memory within|queue full|_queue_full|bufferexhausted/i,
    title: 'failed to allocate memory within max.block.ms, queue full',
    about: 'The producer is given records faster than the brokers take them.',
    canRetry: true,
    toDo: 'Wait for earlier sends before sending more; raise buffer.memory, linger.ms and batch.size.',
  },
  {
    pattern:
      /poll timeout has expired|max\.poll\.interval|maximum application poll interval|_max_poll_exceeded/i,
    title: 'consumer poll timeout has expired, maximum application poll interval exceeded',
    about:
      'The application took longer between two polls than max.poll.interval.ms, and lost its partitions.',
    canRetry: true,
    toDo: 'Lower max.poll.records, do slow work elsewhere, or raise max.poll.interval.ms.',
  },
  {
    pattern: /commit cannot be completed|commitfailed/i,
    title: 'offset commit cannot be completed, CommitFailedException',
    about:
      'The partitions went to other members before their offsets were committed: those records come again.',
    canRetry: false,
    toDo: 'Lower max.poll.records or raise max.poll.interval.ms, and make the work bear being done twice.',
  },
  {
    pattern: /serializationexception|error deserializing|unknown magic byte/i,
    title: 'error deserializing key/value, unknown magic byte',
    about: 'A record was not written in the format that the consumer reads.',
    canRetry: false,
    toDo: 'Look at the record with samsa consume; take the deserializer that fits, or seek past it.',
  },
  {
    pattern: /inconsistentclusterid|cluster ?id .*doesn'?t match|cluster ?id mismatch/i,
    title: 'the cluster id does not match meta.properties',
    about: 'The data directory belongs to another cluster.',
    canRetry: false,
    toDo: 'Set log.dirs to the directory of this cluster, or to an empty one. kafka-storage info shows what is there.',
  },
]
