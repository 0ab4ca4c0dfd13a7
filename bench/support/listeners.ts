import { pathOf, type Running, start, typescript } from './processes.ts'

/** Starts so many WebSocket clients in a process of their own; resolves when all are connected. */
export const startListeners = async (port: number, count: number): Promise<Running> => {
  const running = start(process.execPath, [...typescript, pathOf('loads/listeners.ts'), String(port), String(count)])
  await running.line((line) => line === 'connected')
  return running
}
