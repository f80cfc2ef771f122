import type { AclBinding } from '@samsa/client'
import type { AclEntry, AclResource } from './acl-plan.ts'

/** Resources in the words of Kafka's tool. */
export function resourceText({ resourceType, resourceName, patternType }: AclResource): string {
  return `ResourcePattern(resourceType=${resourceType}, name=${resourceName}, patternType=${patternType})`
}

/** A rule, but for its resource. */
export function entryText({ principal, host, operation, permission }: AclEntry): string {
  return `(principal=${principal}, host=${host}, operation=${operation}, permissionType=${permission})`
}

/** Lines of rules. */
export function entryLines(entries: readonly AclEntry[]): string {
  return entries.map(entry => `\t${entryText(entry)}`).join('\n')
}

export function bindingText(binding: AclBinding): string {
  return `(pattern=${resourceText(binding)}, entry=${entryText(binding)})`
}
