// What `import … from 'samsa'` gives: a broker in one's own process, and the clients. Each of these files names what it
// exports one by one (what is exported stays), and is a page of docs/reference/api.
export * from './exports/embedding.ts'
export * from './exports/producer.ts'
export * from './exports/consumer.ts'
export * from './exports/share-consumer.ts'
export * from './exports/admin.ts'
export * from './exports/common.ts'
