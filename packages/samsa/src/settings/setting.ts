/** One key with its text, and where it was said: what a message about it needs. */
export interface Setting {
  readonly key: string
  readonly text: string
  /** As a person would look it up: `server.properties:12`, `KAFKA_LISTENERS`, `--port`. */
  readonly origin: string
}

/** Settings by key, and what is to be told about how they came to be. */
export interface SettingsWithNotices {
  readonly settings: readonly Setting[]
  /** Things that were done or left out, one sentence each: no reason to worry. */
  readonly notices: readonly string[]
}
