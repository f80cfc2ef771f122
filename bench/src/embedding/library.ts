/** What the bench needs of the package as it is published; it is loaded from where `npm run build` puts it. */
export interface Library {
  startSamsa(options: { topics: string[] }): Promise<Embedded>
}

export interface Embedded {
  producer(): { send(record: { topic: string; value: string }): Promise<unknown> }
  records(topic: string, count: number): Promise<unknown[]>
  close(): Promise<void>
}
