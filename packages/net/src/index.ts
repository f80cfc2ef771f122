export * from './plain-frame-server.ts'
