import { handlers, servedVersions } from '@samsa/broker'

/** The table of requests in `docs/reference/compatibility.md`, read off the broker's list of handlers. */
export function requestsSection(): string {
  const rows = handlers
    .map(({ api }) => ({ ...servedVersions(api), key: api.key, name: api.name }))
    .sort((one, other) => one.key - other.key)
    .map(({ key, name, oldest, newest }) => `| ${key} | ${name} | ${oldest}–${newest} |`)
  return `| key | API | versions |\n|---|---|---|\n${rows.join('\n')}\n`
}
