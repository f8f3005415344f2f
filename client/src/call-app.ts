// Calls a function of the app. What it throws is no failure of a request: the platform reports it, as it does for a listener.

/** A fault becomes a rejected promise without a handler, which the platform reports. */
export const callApp = (work: () => void): void => void new Promise(work)
