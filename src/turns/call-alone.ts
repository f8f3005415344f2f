// Calls one of several functions that wait for the same event: what it throws is thrown afterwards, and stops no other one.

export function callAlone(callback: () => void): void {
  try {
    callback()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
