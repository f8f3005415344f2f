// Calls one of several functions that wait for the same event. An error that it throws is thrown later, so that the others are called, too.

export function callAlone(callback: () => void): void {
  try {
    callback()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
