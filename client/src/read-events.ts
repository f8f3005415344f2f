// Reads Server-Sent Events from the bytes of a response, as the WHATWG's HTML standard describes them.

export interface ServerEvent {
  readonly type: string
  readonly data: string
}

/** Calls `onBytes` for whatever comes, heartbeats included. Ends when `onEvent` returns false, and closes the stream then. */
export async function readEvents(
  body: ReadableStream<Uint8Array>,
  onEvent: (event: ServerEvent) => boolean,
  onBytes: () => void,
): Promise<void> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let event: ServerEvent = NOTHING
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    onBytes()
    text += decoder.decode(value, { stream: true })
    // A \r at the end may be the first half of a \r\n.
    const lines = text.split(/\r\n|\n|\r(?!$)/)
    text = lines.pop() ?? ''
    for (const line of lines) {
      if (line === '' && event !== NOTHING && !onEvent(event)) return reader.cancel()
      event = line === '' ? NOTHING : withLine(event, line)
    }
  }
}

const NOTHING: ServerEvent = { type: 'message', data: '' }

function withLine(event: ServerEvent, line: string): ServerEvent {
  // A point leaves out some of the characters that a text of a user may contain.
  const [, name, value = ''] = /^([^:]*):? ?([^]*)$/.exec(line) ?? []
  if (name === 'event') return { ...event, type: value }
  if (name !== 'data') return event
  return { ...event, data: event.data === '' ? value : `${event.data}\n${value}` }
}
