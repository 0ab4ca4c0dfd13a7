import { pathOf, type Running, start, typescript } from './processes.ts'

/** Starts so many WebSocket clients in a process of their own; resolves when all are connected. Without a query they are plain. */
export const startListeners = async (port: number, count: number, query = ''): Promise<Running> => {
  const args = [pathOf('loads/listeners.ts'), String(port), String(count), query]
  const running = start(process.execPath, [...typescript, ...args])
  await running.line((line) => line === 'connected')
  return running
}
