// Gives the editor its workers, which are files of this gateway like everything else of the page.

/** Put in by build/page.ts: the file of each worker, beside the file that this is built into. */
declare const WORKERS: { readonly editor: string; readonly json: string; readonly graphql: string }

export function startWorkers(): void {
  Object.assign(globalThis, {
    MonacoEnvironment: {
      getWorker: (_id: unknown, label: string) =>
        new Worker(new URL(fileOf(label), import.meta.url), { type: 'module' }),
    },
  })
}

function fileOf(label: string): string {
  if (label === 'json') return WORKERS.json
  return label === 'graphql' ? WORKERS.graphql : WORKERS.editor
}
