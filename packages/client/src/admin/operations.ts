/** What an ACL allows or denies, by the numbers on the wire. */
const operations = [
  'UNKNOWN',
  'ANY',
  'ALL',
  'READ',
  'WRITE',
  'CREATE',
  'DELETE',
  'ALTER',
  'DESCRIBE',
  'CLUSTER_ACTION',
  'DESCRIBE_CONFIGS',
  'ALTER_CONFIGS',
  'IDEMPOTENT_WRITE',
  'CREATE_TOKENS',
  'DESCRIBE_TOKENS',
  'TWO_PHASE_COMMIT',
] as const

/** An operation on a resource, as ACLs name it. */
export type AclOperation = (typeof operations)[number]

/** The number of an operation on the wire. */
export function operationCode(operation: AclOperation): number {
  return operations.indexOf(operation)
}

/** An operation by its number; UNKNOWN when it is newer than this release. */
export function operationOf(code: number): AclOperation {
  return operations[code] ?? 'UNKNOWN'
}

/** What a broker says when it was not asked, or does not tell. */
const NOT_TOLD = -2_147_483_648

/** The operations of a bit set (KIP-430); undefined when the broker does not tell. */
export function operationsOf(bits: number): AclOperation[] | undefined {
  if (bits === NOT_TOLD) return undefined
  return operations.filter((_, code) => code > 2 && (bits & (1 << code)) !== 0)
}
