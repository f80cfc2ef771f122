// Kafka's tools print some errors by the names of their Java classes, and scripts look for them.

interface CodedError extends Error {
  readonly code: string
}

/** The class by which Kafka's Java client knows an error, in full. */
export function javaNameOf({ code }: Pick<CodedError, 'code'>): string {
  return `org.apache.kafka.common.errors.${irregular[code] ?? `${camelCase(code)}Exception`}`
}

/** An error as Java prints it: its class, then its message. */
export function javaTextOf(error: CodedError): string {
  return `${javaNameOf(error)}: ${messageOf(error)}`
}

/** An error's message without its name in front. */
export function messageOf(error: Error & { readonly code?: string }): string {
  const prefix = `${error.code}: `
  return error.message.startsWith(prefix) ? error.message.slice(prefix.length) : error.message
}

function camelCase(code: string): string {
  const words = code.replace(/_(EXCEPTION|ERROR|FAILED|FAILURE)$/, '').split('_')
  return words.map(word => word.charAt(0) + word.slice(1).toLowerCase()).join('')
}

/** Those whose class is not called after the error. */
const irregular: Readonly<Record<string, string>> = {
  // Our client's own errors
  AUTHENTICATION: 'AuthenticationException',
  DISCONNECTED: 'DisconnectException',
  TIMED_OUT: 'TimeoutException',
  UNSUPPORTED: 'UnsupportedVersionException',
  // The protocol's
  CLUSTER_AUTHORIZATION_FAILED: 'ClusterAuthorizationException',
  CORRUPT_MESSAGE: 'CorruptRecordException',
  DELEGATION_TOKEN_AUTH_DISABLED: 'DelegationTokenDisabledException',
  DELEGATION_TOKEN_REQUEST_NOT_ALLOWED: 'UnsupportedByAuthenticationException',
  DUPLICATE_SEQUENCE_NUMBER: 'DuplicateSequenceException',
  INVALID_CONFIG: 'InvalidConfigurationException',
  INVALID_PRODUCER_ID_MAPPING: 'InvalidPidMappingException',
  INVALID_REGULAR_EXPRESSION: 'InvalidRegularExpression',
  INVALID_TRANSACTION_TIMEOUT: 'InvalidTxnTimeoutException',
  MESSAGE_TOO_LARGE: 'RecordTooLargeException',
  NON_EMPTY_GROUP: 'GroupNotEmptyException',
  OFFSET_METADATA_TOO_LARGE: 'OffsetMetadataTooLarge',
  OUT_OF_ORDER_SEQUENCE_NUMBER: 'OutOfOrderSequenceException',
  RECORD_LIST_TOO_LARGE: 'RecordBatchTooLargeException',
  REQUEST_TIMED_OUT: 'TimeoutException',
  STALE_CONTROLLER_EPOCH: 'ControllerMovedException',
  TOPIC_ALREADY_EXISTS: 'TopicExistsException',
  UNKNOWN_SERVER_ERROR: 'UnknownServerException',
}
